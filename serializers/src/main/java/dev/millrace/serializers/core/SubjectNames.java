package dev.millrace.serializers.core;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which subject a schema belongs to. Strategies are chosen by the names people have in their files;
 * the package in front does not matter.
 */
enum SubjectNames {
  /** The topic with -key or -value behind it. */
  TOPIC,
  /** The record's full name. */
  RECORD,
  /** Both, the topic first. */
  TOPIC_RECORD;

  static SubjectNames of(Settings settings) {
    String name = settings.ofSide("subject.name.strategy");
    String simple = name == null ? "TopicNameStrategy" : name.substring(name.lastIndexOf('.') + 1);
    return switch (simple.toLowerCase(Locale.ROOT)) {
      case "topicnamestrategy" -> TOPIC;
      case "recordnamestrategy" -> RECORD;
      case "topicrecordnamestrategy" -> TOPIC_RECORD;
      default ->
          throw new IllegalArgumentException(
              "the strategy for names of subjects is not known, "
                  + (settings.key() ? "key" : "value")
                  + ".subject.name.strategy="
                  + name
                  + " known=TopicNameStrategy,RecordNameStrategy,TopicRecordNameStrategy");
    };
  }

  /** Whether it wants the record's name. */
  boolean byRecord() {
    return this != TOPIC;
  }

  /**
   * The subject.
   *
   * @param record the schema's name; null when it is not known
   */
  String subject(String topic, boolean key, @Nullable String record) {
    if (this == TOPIC) {
      return topic + (key ? "-key" : "-value");
    }
    if (record == null || record.isEmpty()) {
      throw new IllegalArgumentException(
          "the schema has no name, and the subject is named after it, topic="
              + topic
              + "; use TopicNameStrategy, or name the record");
    }
    return this == RECORD ? record : topic + "-" + record;
  }
}
