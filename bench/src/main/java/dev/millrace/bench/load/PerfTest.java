package dev.millrace.bench.load;

import dev.millrace.bench.contender.Node;
import dev.millrace.bench.contender.Stand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Load from Apache's {@code kafka-producer-perf-test}, which takes its values from a file: values
 * that compress as real ones do. It runs in a JVM of its own.
 */
public final class PerfTest {
  private final Path libraries;
  private final Path javaHome;
  private final Stand stand;

  public PerfTest(Path libraries, Path javaHome, Stand stand) {
    this.libraries = libraries;
    this.javaHome = javaHome;
    this.stand = stand;
  }

  /** Sends {@code megabytes} of event texts with acks=all, compressed by {@code codec}. */
  public Load produce(Node node, String topic, String codec, int megabytes) {
    long records = megabytes * 1_000_000L / EventTexts.BYTES;
    Path folder = stand.freshFolder("perf-test");
    Path payloads = folder.resolve("payloads.txt");
    try {
      Files.write(payloads, EventTexts.lines(2000, 7));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + payloads, e);
    }
    List<String> command =
        List.of(
            javaHome.resolve("bin/java").toString(),
            "-Xmx256m",
            "-cp",
            libraries + "/*",
            "-Dlog4j2.level=ERROR",
            "org.apache.kafka.tools.ProducerPerformance",
            "--topic",
            topic,
            "--num-records",
            Long.toString(records),
            "--throughput",
            "-1",
            "--payload-file",
            payloads.toString(),
            "--bootstrap-server",
            node.bootstrap(),
            "--command-property",
            "acks=all",
            "batch.size=131072",
            "linger.ms=5",
            "compression.type=" + codec);
    String output = new ClientProcess(stand.children(), folder, command).await();
    Load load = Summaries.perfTest(output, records * EventTexts.BYTES);
    if (load.records() != records) {
      throw new IllegalStateException("sent=" + records + " acknowledged=" + load.records());
    }
    return load;
  }
}
