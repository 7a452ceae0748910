package dev.millrace.serializers.core;

import dev.millrace.serializers.registry.Registered;
import dev.millrace.serializers.registry.RegistryClient;
import dev.millrace.serializers.registry.SchemaText;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one language of schemas adds: from values to schemas and bytes, and back. Safe for any
 * thread.
 */
interface Format {
  /** AVRO, JSON or PROTOBUF. */
  String type();

  /**
   * What tells the schema of a value without looking at all of it: values of one shape (the same
   * object) have one schema. Asked for each record, so it has to be cheap.
   *
   * @throws IllegalArgumentException when this format does not know the value's class
   */
  Object shapeOf(Object value);

  /** The value's schema; null when the value does not tell. */
  @Nullable SchemaText schemaOf(Object value, RegistryClient registry, boolean register);

  /** The name of the value's schema for strategies; null when there is none. */
  @Nullable String nameOf(Object value);

  /** The way to write values of the example's shape with a registered schema. */
  Encoder encoder(Object example, Registered schema, RegistryClient registry);

  /**
   * Why a reader of {@code latest} could not read what the value's own schema writes; empty when it
   * could, or when nobody can tell.
   */
  List<String> unreadable(Registered latest, Object value, String subject, RegistryClient registry);

  /** The way to read what was written with a registered schema. */
  Decoder decoder(Registered schema, RegistryClient registry);

  /** The form in which texts are needed. */
  default String textForm() {
    return "";
  }

  /** Writes values of one shape with one schema. Safe for any thread. */
  interface Encoder {
    /** The bytes of a value behind a prefix. */
    byte[] encoded(Object value, byte[] prefix);

    /** Indexes of the message within the schema's file; empty for formats that have none. */
    default List<Integer> indexes() {
      return List.of();
    }
  }

  /** Reads payloads of one schema. Safe for any thread. */
  @FunctionalInterface
  interface Decoder {
    /** The value of a payload. */
    Object decoded(Payload payload);
  }

  /**
   * What follows the id.
   *
   * @param topic where it came from
   * @param indexes of the message within its file
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Payload(String topic, byte[] bytes, int offset, int length, List<Integer> indexes) {}
}
