package dev.millrace.registry.record;

import dev.millrace.registry.image.Config;
import dev.millrace.registry.image.Mode;
import dev.millrace.registry.image.Version;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one record of {@code _schemas} says. */
public sealed interface SchemaRecord {
  /** A version is there with this content; also how one is marked as deleted. */
  record SchemaSet(Version version) implements SchemaRecord {}

  /** A version is gone for good. */
  record SchemaGone(String subject, int version) implements SchemaRecord {}

  /** All versions up to one are deleted, but not for good. */
  record SubjectDeleted(String subject, int upTo, long timestampMs) implements SchemaRecord {}

  /** What is deleted of a subject is gone for good. */
  record SubjectCleared(String subject) implements SchemaRecord {}

  /**
   * Settings of a subject, a context or all.
   *
   * @param scope as in {@link dev.millrace.registry.image.Scoped}
   * @param config null when there are none any more
   */
  record ConfigSet(String scope, @Nullable Config config) implements SchemaRecord {}

  /**
   * The mode of a subject, a context or all.
   *
   * @param mode null when it has none of its own any more
   */
  record ModeSet(String scope, @Nullable Mode mode) implements SchemaRecord {}

  /** A context is there, with schemas or without. */
  record ContextSet(String context) implements SchemaRecord {}

  /** A context without schemas is gone. */
  record ContextGone(String context) implements SchemaRecord {}

  /**
   * Changes no schema. All of them have one key, so compaction keeps the last.
   *
   * @param maxIds highest id that was ever given, for contexts where a deletion took it away
   */
  record Noop(Map<String, Integer> maxIds) implements SchemaRecord {}

  /** A record of a kind that changes nothing here, or one that cannot be read. */
  record Other(String why) implements SchemaRecord {}
}
