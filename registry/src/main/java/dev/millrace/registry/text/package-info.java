/** Payloads as text, for people: Avro in its JSON encoding, JSON as it is. Pure functions. */
@NullMarked
package dev.millrace.registry.text;

import org.jspecify.annotations.NullMarked;
