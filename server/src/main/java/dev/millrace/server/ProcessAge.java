package dev.millrace.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/**
 * How long this process has been there. The JDK's own start time of a process can be a whole second
 * off on Linux, since it adds clock ticks to a boot time in seconds; ticks are held against the
 * system's uptime instead.
 */
final class ProcessAge {
  private static final Path STAT = Path.of("/proc/self/stat");
  private static final Path UPTIME = Path.of("/proc/uptime");
  private static final int TICKS_PER_SECOND = 100;
  private static final int MS_PER_SECOND = 1000;

  /** The start time's place among the fields after the name, which may itself have spaces. */
  private static final int AT_START = 19;

  private ProcessAge() {}

  /** Milliseconds, on Linux in steps of ten. */
  static long ms() {
    try {
      String stat = Files.readString(STAT, StandardCharsets.ISO_8859_1);
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      String uptime = Files.readString(UPTIME, StandardCharsets.ISO_8859_1).split(" ", -1)[0];
      long bornMs = Long.parseLong(fields[AT_START]) * (MS_PER_SECOND / TICKS_PER_SECOND);
      return Math.max(0, (long) (Double.parseDouble(uptime) * MS_PER_SECOND) - bornMs);
    } catch (IOException | RuntimeException e) {
      Instant started = ProcessHandle.current().info().startInstant().orElseGet(Instant::now);
      return Math.max(0, Duration.between(started, Instant.now()).toMillis());
    }
  }
}
