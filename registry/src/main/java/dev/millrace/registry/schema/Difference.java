package dev.millrace.registry.schema;

/**
 * One reason why data written with one schema cannot be read with another.
 *
 * @param rule the published name of the broken rule, such as {@code
 *     READER_FIELD_MISSING_DEFAULT_VALUE}
 * @param path where in the reading schema: a JSON pointer, or a Protobuf path such as {@code
 *     #/Order/3}
 * @param message what a person acts on, lower case, no full stop
 */
public record Difference(String rule, String path, String message) {}
