package dev.millrace.serializers.core;

import dev.millrace.serializers.registry.Registered;
import dev.millrace.serializers.registry.RegistryClient;
import dev.millrace.serializers.registry.SchemaText;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one language of schemas adds: from values to schemas and bytes, and back. Safe for any thread. */
interface Format {
  /** AVRO, JSON or PROTOBUF. */
  String type();

  /**
   * The value's schema; null when the value does not tell.
   *
   */
  @Nullable SchemaText schemaOf(Object value, RegistryClient registry, boolean register);

  /** The name of the value's schema for strategies; null when there is none. */
  @Nullable String nameOf(Object value);

  /** The bytes of the value behind the schema's id. */
  byte[] encoded(Object value, Registered schema, RegistryClient registry);

  /** Indexes of the message within its file; empty for formats that have none. */
  default List<Integer> indexes(Object value) {
    return List.of();
  }

  /** Why a reader of {@code latest} could not read what the value's own schema writes; empty when it could. */
  List<String> unreadable(Registered latest, SchemaText own, String subject, RegistryClient registry);

  /** The value of a payload. */
  Object decoded(Payload payload, Registered schema, RegistryClient registry);

  /** The form in which a reader needs texts. */
  default String textForm() {
    return "";
  }

  /**
   * What follows the id.
   *
   * @param topic where it came from
   * @param indexes of the message within its file
   */
  record Payload(String topic, byte[] bytes, int offset, int length, List<Integer> indexes) {}
}
