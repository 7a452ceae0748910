/**
 * Protobuf: the language of {@code .proto} files, text forms, the differences between two files,
 * payloads.
 */
@NullMarked
package dev.millrace.registry.schema.protobuf;

import org.jspecify.annotations.NullMarked;
