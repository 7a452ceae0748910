package dev.millrace.bench.load;

import dev.millrace.bench.contender.Node;
import dev.millrace.bench.contender.Stand;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Load from {@code rdkafka_performance}, a client in C that nobody here has written. */
public final class Rdkafka {
  private final Path program;
  private final Stand stand;

  public Rdkafka(Path program, Stand stand) {
    this.program = program;
    this.stand = stand;
  }

  /** Sends {@code megabytes} of values to partition 0 with acks=all, as fast as it goes. */
  public Load produce(Node node, String topic, int valueBytes, int megabytes) {
    long records = megabytes * 1_000_000L / valueBytes;
    List<String> command =
        command(
            node,
            "-P",
            topic,
            "-p",
            "0",
            "-a",
            "-1",
            "-s",
            Integer.toString(valueBytes),
            "-c",
            Long.toString(records));
    Load load = Summaries.produced(run(command), valueBytes);
    if (load.records() != records) {
      throw new IllegalStateException(
          "records were not delivered, sent=" + records + " delivered=" + load.records());
    }
    return load;
  }

  /**
   * Reads {@code records} from the beginning of partition 0 with each of some consumers at once.
   */
  public Load consume(Node node, String topic, long records, int consumers) {
    List<ClientProcess> processes = new ArrayList<>();
    long start = System.nanoTime();
    for (int i = 0; i < consumers; i++) {
      processes.add(process(consumer(node, topic, "beginning", records)));
    }
    return total(processes, start, consumers == 1);
  }

  List<String> consumer(Node node, String topic, String offset, long records) {
    return command(node, "-C", topic, "-p", "0", "-o", offset, "-c", Long.toString(records));
  }

  ClientProcess process(List<String> command) {
    return new ClientProcess(stand.children(), stand.freshFolder("client"), command);
  }

  private static Load total(List<ClientProcess> processes, long startNanos, boolean ownClock) {
    long records = 0;
    long bytes = 0;
    double seconds = 0;
    for (ClientProcess process : processes) {
      Load load = Summaries.consumed(process.await());
      records += load.records();
      bytes += load.bytes();
      seconds = Math.max(seconds, load.wallSeconds());
    }
    double wall = ownClock ? seconds : (System.nanoTime() - startNanos) / 1e9;
    return new Load(records, bytes, wall);
  }

  private String run(List<String> command) {
    return process(command).await();
  }

  private List<String> command(Node node, String mode, String topic, String... more) {
    List<String> command =
        new ArrayList<>(
            List.of(
                program.toString(),
                mode,
                "-q",
                "-b",
                node.bootstrap(),
                "-t",
                topic,
                "-i",
                "60000"));
    command.addAll(List.of(more));
    return command;
  }
}
