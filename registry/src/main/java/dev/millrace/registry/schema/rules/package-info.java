/**
 * What the formats share: how two schemas are compared ({@link
 * dev.millrace.registry.schema.rules.Comparison}), how deep a text may be nested, what UTF-8 is.
 *
 * <p>Schemas may be recursive and huge, and whether one pair of types fits may depend on itself. So
 * a comparison collects every pair that matters, believes all of them to fit, and takes back what
 * does not, until nothing changes: no recursion on the way, and a limit on the pairs. Pure; one
 * comparison belongs to one thread.
 */
@NullMarked
package dev.millrace.registry.schema.rules;

import org.jspecify.annotations.NullMarked;
