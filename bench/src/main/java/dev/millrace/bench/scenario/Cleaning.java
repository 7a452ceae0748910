package dev.millrace.bench.scenario;

import dev.millrace.bench.contender.Node;
import dev.millrace.bench.contender.Order;
import dev.millrace.bench.figure.Contender;
import dev.millrace.bench.figure.Figure;
import dev.millrace.bench.figure.Goal;
import dev.millrace.bench.load.Load;
import dev.millrace.bench.load.Pause;
import dev.millrace.bench.load.Topics;
import dev.millrace.bench.load.Updates;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Compaction of one partition: the topic gets its updates first and is told to be compacted then,
 * so that nothing else is done meanwhile. What is cleaned is told by the checkpoint that both
 * brokers write in the same format.
 */
public final class Cleaning implements Scenario {
  private static final long LOOK_MS = 100;
  private static final long TIMEOUT_NANOS = TimeUnit.MINUTES.toNanos(2);
  private static final double MEGA = 1e6;

  /** What lies in the last segment or two is not cleaned. */
  private static final double MOST = 0.9;

  private final Figure speed =
      Figure.of("compaction: updates cleaned by a second of CPU", "MB/s")
          .goal(Goal.atLeastTimes(1.5));
  private final Figure took = Figure.of("compaction: wall time of a GB", "s/GB");

  @Override
  public String name() {
    return "cleaner";
  }

  @Override
  public String summary() {
    return "updates of 200 bytes, five a key, are compacted";
  }

  @Override
  public List<Contender> contenders() {
    return List.of(Contender.APACHE, Contender.FSYNC);
  }

  @Override
  public void run(Contender contender, Workshop workshop, Sink sink) {
    Order order =
        Order.plain()
            .with("log.cleaner.backoff.ms=200")
            .with("log.segment.bytes=8388608")
            .with("log.cleaner.min.cleanable.ratio=0.01");
    try (Node node = workshop.stand().ready(contender, order)) {
      clean(node, "warm", workshop.effort().warmUpMb());
      Cleaned cleaned = clean(node, "load", workshop.effort().sizeMb());
      sink.add(speed, cleaned.bytes() / MEGA / cleaned.cpuSeconds());
      sink.add(took, cleaned.wallSeconds() / (cleaned.bytes() / MEGA) * 1000);
    }
  }

  private record Cleaned(double bytes, double cpuSeconds, double wallSeconds) {}

  private static Cleaned clean(Node node, String topic, int megabytes) {
    Topics.create(node.bootstrap(), topic, 1);
    Load load = Updates.produce(node.bootstrap(), topic, megabytes);
    double before = node.usage().cpuSeconds();
    long begin = System.nanoTime();
    Topics.alter(node.bootstrap(), topic, Map.of("cleanup.policy", "compact"));
    long offset = awaitCleaned(node, topic, load.records());
    return new Cleaned(
        (double) load.bytes() * offset / load.records(),
        node.usage().cpuSeconds() - before,
        (System.nanoTime() - begin) / 1e9);
  }

  /** Returns the offset up to which it is cleaned. */
  private static long awaitCleaned(Node node, String topic, long records) {
    long deadline = System.nanoTime() + TIMEOUT_NANOS;
    long offset = cleaned(node.data(), topic);
    while (offset < records * MOST) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("not cleaned, offset=" + offset + " of=" + records);
      }
      Pause.millis(LOOK_MS);
      offset = cleaned(node.data(), topic);
    }
    return offset;
  }

  private static long cleaned(Path data, String topic) {
    Path checkpoint = data.resolve("cleaner-offset-checkpoint");
    try {
      for (String line :
          Files.exists(checkpoint) ? Files.readAllLines(checkpoint) : List.<String>of()) {
        String[] fields = line.split(" ");
        if (fields.length == 3 && fields[0].equals(topic)) {
          return Long.parseLong(fields[2]);
        }
      }
      return 0;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + checkpoint, e);
    }
  }
}
