package dev.millrace.bench.load;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the last summary line that each foreign client prints. */
final class Summaries {
  private static final Pattern PRODUCED =
      Pattern.compile("\\d+ messages produced \\(\\d+ bytes\\), (\\d+) delivered .* in (\\d+)ms");
  private static final Pattern CONSUMED =
      Pattern.compile("(\\d+) messages \\((\\d+) bytes\\) consumed in (\\d+)ms");
  private static final Pattern PERF_TEST =
      Pattern.compile("(\\d+) records sent, ([0-9.]+) records/sec \\(");

  private Summaries() {}

  /** Of {@code rdkafka_performance -P} with values of {@code valueBytes}. */
  static Load produced(String output, int valueBytes) {
    Matcher last = last(PRODUCED, output);
    long records = Long.parseLong(last.group(1));
    return new Load(records, records * valueBytes, Long.parseLong(last.group(2)) / 1e3);
  }

  /** Of {@code rdkafka_performance -C}. */
  static Load consumed(String output) {
    Matcher last = last(CONSUMED, output);
    return new Load(
        Long.parseLong(last.group(1)),
        Long.parseLong(last.group(2)),
        Long.parseLong(last.group(3)) / 1e3);
  }

  /** Of Apache's {@code kafka-producer-perf-test} with values of {@code valueBytes}. */
  static Load perfTest(String output, long bytesOfAll) {
    Matcher last = last(PERF_TEST, output);
    long records = Long.parseLong(last.group(1));
    return new Load(records, bytesOfAll, records / Double.parseDouble(last.group(2)));
  }

  private static Matcher last(Pattern pattern, String output) {
    Matcher matcher = pattern.matcher(output);
    int start = -1;
    while (matcher.find()) {
      start = matcher.start();
    }
    if (start < 0 || !matcher.find(start)) {
      throw new IllegalStateException("client printed no summary: " + output.strip());
    }
    return matcher;
  }
}
