package dev.millrace.serializers.registry;

import java.util.List;

/**
 * A schema as the registry knows it.
 *
 * @param type AVRO, JSON or PROTOBUF
 * @param references what the text refers to
 */
public record SchemaText(String type, String text, List<Reference> references) {
  /** One reference: the name in the text, and where it is registered. */
  public record Reference(String name, String subject, int version) {}

  /** A text that refers to nothing. */
  public static SchemaText of(String type, String text) {
    return new SchemaText(type, text, List.of());
  }
}
