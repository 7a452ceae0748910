/**
 * How two schemas are compared, whatever their language. Schemas may be recursive and huge, and
 * whether one pair of types fits may depend on itself; so {@link
 * dev.millrace.registry.schema.rules.Comparison} collects every pair that matters, believes all of
 * them to fit, and takes back what does not, until nothing changes. No recursion on the way, and a
 * limit on the pairs. Pure; one comparison belongs to one thread.
 */
@NullMarked
package dev.millrace.registry.schema.rules;

import org.jspecify.annotations.NullMarked;
