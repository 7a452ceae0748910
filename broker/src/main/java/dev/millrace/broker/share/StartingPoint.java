package dev.millrace.broker.share;

import dev.millrace.replica.OffsetQuery;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where a group begins to read a partition: {@code share.auto.offset.reset}.
 *
 * @param latest whether at the end; else at the beginning, or
 * @param ago at the first record that is not older than this
 */
record StartingPoint(boolean latest, @Nullable Duration ago) {
  private static final String DURATION = "by_duration:";

  /** Reads the setting; null when it is none. */
  static @Nullable StartingPoint parse(String text) {
    String word = text.strip().toLowerCase(Locale.ROOT);
    if (word.equals("latest") || word.equals("earliest")) {
      return new StartingPoint(word.equals("latest"), null);
    }
    if (!word.startsWith(DURATION)) {
      return null;
    }
    try {
      Duration ago = Duration.parse(word.substring(DURATION.length()).toUpperCase(Locale.ROOT));
      return ago.isNegative() ? null : new StartingPoint(false, ago);
    } catch (DateTimeParseException notDuration) {
      return null;
    }
  }

  /** The time to look for, as {@link OffsetQuery} takes it. */
  long timestampMs(long nowMs) {
    if (ago != null) {
      return Math.max(0, nowMs - ago.toMillis());
    }
    return latest ? OffsetQuery.LATEST : OffsetQuery.EARLIEST;
  }
}
