package dev.millrace.server.command.bench;

import dev.millrace.client.Cluster;
import dev.millrace.server.command.terminal.Connected;
import dev.millrace.server.command.terminal.Json;
import dev.millrace.server.command.terminal.ProgressBar;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What commands that measure have in common: a topic, settings of the client, and a result. */
abstract class Measured extends Connected {
  private static final double NANOS_PER_SECOND = 1e9;

  @Parameters(index = "0", paramLabel = "TOPIC", description = "The topic to use.")
  private String topic = "";

  @Option(
      names = {"-X", "--setting"},
      paramLabel = "NAME=VALUE",
      description = "A setting of the client. May be repeated.")
  private Map<String, String> more = new TreeMap<>();

  private @Nullable ProgressBar bar;

  final String topic() {
    return topic;
  }

  /** Settings of the client that measures. */
  final Map<String, Object> settings(Map<String, String> own) {
    Map<String, Object> settings = new TreeMap<>(own);
    settings.put("bootstrap.servers", bootstrap());
    settings.put("client.id", "millrace-bench");
    settings.putAll(more);
    return settings;
  }

  /** Shows how far it is; not for programs. */
  final void progress(long done, long all) {
    if (bar == null) {
      bar = progressBar();
    }
    bar.show(done, all, System.nanoTime());
  }

  private void endProgress() {
    if (bar != null) {
      bar.end();
    }
  }

  final void result(String what, long records, long bytes, long nanos) {
    double seconds = Math.max(1, nanos) / NANOS_PER_SECOND;
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("measured", what);
    json.put("records", records);
    json.put("seconds", rounded(seconds));
    json.put("recordsPerSecond", Math.round(records / seconds));
    json.put("megabytesPerSecond", rounded(bytes / seconds / 1e6));
    show(json);
  }

  final void latencies(String what, long[] nanos) {
    Arrays.sort(nanos);
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("measured", what);
    json.put("records", nanos.length);
    if (nanos.length == 0) {
      show(json);
      return;
    }
    json.put("p50Ms", millis(nanos, 0.5));
    json.put("p95Ms", millis(nanos, 0.95));
    json.put("p99Ms", millis(nanos, 0.99));
    json.put("p999Ms", millis(nanos, 0.999));
    json.put("maxMs", millis(nanos, 1));
    show(json);
  }

  /** The topic must be there: a measurement creates nothing by accident. */
  final void check(Cluster cluster) {
    cluster.topic(topic, false);
  }

  private void show(Map<String, Object> values) {
    endProgress();
    if (isJson()) {
      out().println(Json.text(values));
    } else {
      values.forEach((name, value) -> out().printf("%-20s %s%n", name, value));
    }
    out().flush();
  }

  private static double millis(long[] sorted, double share) {
    int index = (int) Math.min(sorted.length - 1L, (long) (share * sorted.length));
    return rounded(sorted[index] / 1e6);
  }

  private static double rounded(double value) {
    return Math.round(value * 1_000) / 1_000.0;
  }
}
