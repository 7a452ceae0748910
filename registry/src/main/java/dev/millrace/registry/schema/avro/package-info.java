/** Avro: parsing, text forms, resolution rules of the Avro specification, payloads. */
@NullMarked
package dev.millrace.registry.schema.avro;

import org.jspecify.annotations.NullMarked;
