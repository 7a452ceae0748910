package dev.millrace.server.http;

import dev.millrace.base.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The time as answers carry it, made once a second (RFC 9110). Safe for any thread. */
final class Dates {
  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);
  private static final long SECOND_MS = 1_000;

  private final Clock clock;
  private volatile Known known = new Known(Long.MIN_VALUE, "");

  private record Known(long second, String text) {}

  Dates(Clock clock) {
    this.clock = clock;
  }

  String now() {
    long second = Math.floorDiv(clock.wallMs(), SECOND_MS);
    Known last = known;
    if (last.second() != second) {
      last = new Known(second, FORMAT.format(Instant.ofEpochSecond(second)));
      known = last;
    }
    return last.text();
  }
}
