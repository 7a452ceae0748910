/**
 * What a schema is: its text parsed with the texts it refers to, its canonical and normal form,
 * whether it reads what another one wrote, and whether a payload is valid for it. Pure: no subject,
 * id, version, file or socket is known here.
 *
 * <p>In comes text from anybody, out go values that never change and may be shared between threads.
 * Everything is bounded: texts ({@link dev.millrace.registry.schema.rules.Bounds#TEXT_CHARS_MAX}),
 * nesting ({@link dev.millrace.registry.schema.rules.Bounds#DEPTH_MAX}), comparisons and
 * validations (steps, not seconds). What is wrong with a text is told by {@link
 * InvalidSchemaException}, what keeps two schemas apart by {@link Difference}s.
 *
 * <p>Start reading at {@link Schemas}; the formats live in the packages below, one each, and are
 * not loaded before their first schema is parsed.
 */
@NullMarked
package dev.millrace.registry.schema;

import org.jspecify.annotations.NullMarked;
