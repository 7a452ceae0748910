package dev.millrace.replica;

import dev.millrace.base.settings.TopicSettings;
import org.jspecify.annotations.Nullable;

/**
 * What a topic wants of its records by the schema registry ({@code millrace.schema.*}, or
 * Confluent's names for the same).
 *
 * @param key what keys must be
 * @param value what values must be
 */
public record SchemaDemand(Part key, Part value) {

  /** How much is wanted. */
  public enum Depth {
    /** Anything goes. */
    NONE,
    /** A schema id that is registered for the subject. */
    ID,
    /** The same, and bytes that this schema can read. */
    CONTENT
  }

  /** Under which subject the schema must be registered. */
  public enum Naming {
    /** The topic's name with {@code -key} or {@code -value} behind it. */
    TOPIC,
    /** The full name of the record, whichever topic it is in. */
    RECORD,
    /** Both: the topic's name, a dash, the full name of the record. */
    TOPIC_RECORD
  }

  /** What keys, or values, must be. */
  public record Part(Depth depth, Naming naming) {}

  /** What the settings of a topic say; null where they want nothing. */
  static @Nullable SchemaDemand of(TopicSettings topic) {
    Part key = part(topic, "key");
    Part value = part(topic, "value");
    return key.depth() == Depth.NONE && value.depth() == Depth.NONE
        ? null
        : new SchemaDemand(key, value);
  }

  private static Part part(TopicSettings topic, String part) {
    Depth depth =
        switch (topic.stringValue("millrace.schema." + part + ".validation")) {
          case "id" -> Depth.ID;
          case "content" -> Depth.CONTENT;
          default ->
              topic.booleanValue("confluent." + part + ".schema.validation")
                  ? Depth.ID
                  : Depth.NONE;
        };
    return new Part(depth, naming(topic, part));
  }

  private static Naming naming(TopicSettings topic, String part) {
    return switch (topic.stringValue("millrace.schema." + part + ".subject")) {
      case "record" -> Naming.RECORD;
      case "topic-record" -> Naming.TOPIC_RECORD;
      default -> ofClass(topic.stringValue("confluent." + part + ".subject.name.strategy"));
    };
  }

  /** Confluent names classes. */
  private static Naming ofClass(String name) {
    return switch (name.substring(name.lastIndexOf('.') + 1)) {
      case "RecordNameStrategy" -> Naming.RECORD;
      case "TopicRecordNameStrategy" -> Naming.TOPIC_RECORD;
      default -> Naming.TOPIC;
    };
  }
}
