package dev.millrace.bench.load;

import dev.millrace.bench.contender.Cluster;
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
    List<String> command = command(node, "-P", topic, records);
    return produce(command, valueBytes, records);
  }

  /** The same to all partitions of a topic of a cluster. */
  public Load produce(Cluster cluster, String topic, int valueBytes, int megabytes) {
    long records = megabytes * 1_000_000L / valueBytes;
    return produce(command(cluster.bootstrap(), "-P", topic, records), valueBytes, records);
  }

  private Load produce(List<String> command, int valueBytes, long records) {
    command.addAll(List.of("-a", "-1", "-s", Integer.toString(valueBytes)));
    Load load = Summaries.produced(process(command).await(), valueBytes);
    if (load.records() != records) {
      throw new IllegalStateException(
          "records were not delivered, sent=" + records + " delivered=" + load.records());
    }
    return load;
  }

  /** Reads {@code records} from the start of partition 0 with each of some consumers at once. */
  public Load consume(Node node, String topic, long records, int consumers) {
    return startConsumers(node, topic, records, consumers).await();
  }

  /** The same in the background: they wait at the end for what is not there yet. */
  public Readers startConsumers(Node node, String topic, long records, int consumers) {
    List<ClientProcess> processes = new ArrayList<>();
    long start = System.nanoTime();
    for (int i = 0; i < consumers; i++) {
      List<String> command = command(node, "-C", topic, records);
      command.addAll(List.of("-o", "beginning"));
      processes.add(process(command));
    }
    return new Readers(processes, start);
  }

  private ClientProcess process(List<String> command) {
    return new ClientProcess(stand.children(), stand.freshFolder("client"), command);
  }

  private List<String> command(Node node, String mode, String topic, long records) {
    List<String> command = command(node.bootstrap(), mode, topic, records);
    command.addAll(List.of("-p", "0"));
    return command;
  }

  private List<String> command(String bootstrap, String mode, String topic, long records) {
    return new ArrayList<>(
        List.of(
            program.toString(),
            mode,
            "-q",
            "-b",
            bootstrap,
            "-t",
            topic,
            "-c",
            Long.toString(records),
            "-i",
            "60000"));
  }
}
