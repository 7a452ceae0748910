package dev.millrace.registry.text;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The texts that stand for some of Protobuf's own messages in JSON. Pure functions. */
final class WellKnownText {
  private static final Set<String> WRAPPERS =
      Set.of(
          "google.protobuf.DoubleValue",
          "google.protobuf.FloatValue",
          "google.protobuf.Int64Value",
          "google.protobuf.UInt64Value",
          "google.protobuf.Int32Value",
          "google.protobuf.UInt32Value",
          "google.protobuf.BoolValue",
          "google.protobuf.StringValue",
          "google.protobuf.BytesValue");
  private static final Pattern DURATION = Pattern.compile("(-?)(\\d{1,12})(?:\\.(\\d{1,9}))?s");
  private static final int NANOS_DIGITS = 9;

  /** A point in time or a length of it. */
  record Seconds(long seconds, int nanos) {}

  private WellKnownText() {}

  static boolean isWrapper(String message) {
    return WRAPPERS.contains(message);
  }

  static String timestamp(long seconds, int nanos) {
    try {
      return Instant.ofEpochSecond(seconds, nanos).toString();
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("impossible timestamp, seconds=" + seconds, e);
    }
  }

  static Seconds timestamp(String text) {
    try {
      Instant instant = OffsetDateTime.parse(text).toInstant();
      return new Seconds(instant.getEpochSecond(), instant.getNano());
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "a timestamp is written as 2030-01-31T10:00:00Z, text=" + text, e);
    }
  }

  static String duration(long seconds, int nanos) {
    String sign = seconds < 0 || nanos < 0 ? "-" : "";
    String whole = sign + Math.abs(seconds);
    return nanos == 0
        ? whole + "s"
        : whole
            + "."
            + String.format(Locale.ROOT, "%09d", Math.abs(nanos)).replaceFirst("(000){1,2}$", "")
            + "s";
  }

  static Seconds duration(String text) {
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("a duration is written as 1.5s, text=" + text);
    }
    int sign = matcher.group(1).isEmpty() ? 1 : -1;
    String fraction = matcher.group(3) == null ? "" : matcher.group(3);
    int nanos =
        fraction.isEmpty()
            ? 0
            : Integer.parseInt(fraction + "0".repeat(NANOS_DIGITS - fraction.length()));
    return new Seconds(sign * Long.parseLong(matcher.group(2)), sign * nanos);
  }

  static String mask(List<?> paths) {
    List<String> camel = new ArrayList<>();
    for (Object path : paths) {
      camel.add(
          Pattern.compile("_([a-z])")
              .matcher((String) path)
              .replaceAll(match -> match.group(1).toUpperCase(Locale.ROOT)));
    }
    return String.join(",", camel);
  }

  static List<String> mask(String text) {
    List<String> paths = new ArrayList<>();
    for (String path : text.isEmpty() ? new String[0] : text.split(",", -1)) {
      paths.add(
          Pattern.compile("[A-Z]")
              .matcher(path)
              .replaceAll(match -> "_" + match.group().toLowerCase(Locale.ROOT)));
    }
    return paths;
  }
}
