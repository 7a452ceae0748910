package dev.millrace.registry.schema;

/**
 * A reference that is resolved to the text it means. Lists of them are in dependency order: what a
 * text needs stands before it.
 *
 * @param name what the referring text calls it: an Avro full name, a JSON Schema {@code $ref}, a
 *     Protobuf import path
 * @param text the schema's text
 */
public record Named(String name, String text) {}
