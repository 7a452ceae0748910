package dev.millrace.server.command.terminal;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times as people write them. */
public final class Times {
  private static final Pattern AGO = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");
  private static final Pattern MILLIS = Pattern.compile("\\d{10,15}");

  private Times() {}

  /**
   * Reads {@code 15m} (ago), {@code 2026-01-31}, {@code 2026-01-31T12:00}, the same with a zone, or
   * milliseconds since 1970.
   *
   * @throws UserException when it is none of them
   */
  public static Instant parse(String text, Instant now) {
    Matcher ago = AGO.matcher(text);
    if (ago.matches()) {
      return now.minus(duration(ago.group(1), ago.group(2)));
    }
    if (MILLIS.matcher(text).matches()) {
      return Instant.ofEpochMilli(Long.parseLong(text));
    }
    try {
      if (!text.contains("T")) {
        return LocalDate.parse(text).atStartOfDay(ZoneId.systemDefault()).toInstant();
      }
      boolean hasZone = text.endsWith("Z") || text.matches(".*[+-]\\d\\d:?\\d\\d");
      return hasZone
          ? java.time.OffsetDateTime.parse(text).toInstant()
          : LocalDateTime.parse(text).atZone(ZoneId.systemDefault()).toInstant();
    } catch (DateTimeParseException e) {
      throw UserException.usage(
          "time must be like 15m, 2h, 3d (ago), 2026-01-31 or 2026-01-31T12:00:00Z, got=" + text);
    }
  }

  private static Duration duration(String number, String unit) {
    long count = Long.parseLong(number);
    return switch (unit) {
      case "ms" -> Duration.ofMillis(count);
      case "s" -> Duration.ofSeconds(count);
      case "m" -> Duration.ofMinutes(count);
      case "h" -> Duration.ofHours(count);
      default -> Duration.ofDays(count);
    };
  }
}
