package dev.millrace.bench.client;

import java.util.HashMap;
import java.util.Map;

/**
 * What a client did.
 *
 * @param values {@code records}, {@code seconds}, {@code cpu} in seconds; where it is known {@code
 *     allocated} in bytes, {@code p50} and {@code p99} in milliseconds
 */
record Measured(Map<String, Double> values) {
  private static final double MILLION = 1e6;

  Measured {
    values = Map.copyOf(values);
  }

  /** Reads the line that begins with {@code result}. */
  static Measured parse(String output) {
    Map<String, Double> values = new HashMap<>();
    for (String line : output.split("\n", -1)) {
      if (line.startsWith("result ")) {
        for (String word : line.substring("result ".length()).strip().split(" ", -1)) {
          int at = word.indexOf('=');
          values.put(word.substring(0, at), Double.parseDouble(word.substring(at + 1)));
        }
      }
    }
    if (values.isEmpty()) {
      throw new IllegalStateException("client printed no result: " + output.strip());
    }
    return new Measured(values);
  }

  /** NaN where it was not measured. */
  double of(String name) {
    return values.getOrDefault(name, Double.NaN);
  }

  double recordsPerSecond() {
    return of("records") / of("seconds");
  }

  double cpuPerMillion() {
    return of("cpu") / of("records") * MILLION;
  }

  double bytesPerRecord() {
    return of("allocated") / of("records");
  }
}
