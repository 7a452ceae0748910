/**
 * JSON Schema, drafts 4 to 2020-12: parsing, text forms, the differences between two schemas,
 * payloads.
 */
@NullMarked
package dev.millrace.registry.schema.json;

import org.jspecify.annotations.NullMarked;
