package dev.millrace.server.command.bench;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.client.Cluster;
import dev.millrace.client.TopicPartition;
import dev.millrace.client.consumer.Consumer;
import dev.millrace.client.consumer.ConsumerException;
import dev.millrace.client.consumer.ConsumerRecord;
import dev.millrace.server.command.terminal.Stop;
import dev.millrace.server.command.terminal.UserException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code millrace bench consume TOPIC}. */
@Command(name = "consume", description = "Read records from the beginning, as fast as they come.")
final class BenchConsume extends Measured {
  private static final Duration POLL = Duration.ofSeconds(1);

  @Option(
      names = {"-n", "--records"},
      paramLabel = "N",
      description =
          "End once so many are read, with the batch that has the last (default: all that are there).")
  private long records = Long.MAX_VALUE;

  @Override
  protected void run(Cluster cluster) {
    if (records <= 0) {
      throw UserException.usage("--records must be above 0");
    }
    check(cluster);
    Map<String, String> own = Map.of("enable.auto.commit", "false", "max.poll.records", "5000");
    try (Consumer<Bytes, Integer> consumer =
            Consumer.open(
                settings(own), (from, bytes) -> Bytes.EMPTY, (from, bytes) -> bytes.remaining());
        Stop stop = Stop.ofLoop()) {
      List<TopicPartition> partitions = new ArrayList<>();
      for (int index = 0; index < consumer.partitions(topic()); index++) {
        partitions.add(new TopicPartition(topic(), index));
      }
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      read(consumer, ends, stop);
    } catch (ConsumerException e) {
      throw UserException.failed(String.valueOf(e.getMessage()));
    }
  }

  private void read(Consumer<Bytes, Integer> consumer, Map<TopicPartition, Long> ends, Stop stop) {
    long begunNanos = System.nanoTime();
    long count = 0;
    long bytes = 0;
    while (count < records && !stop.isAsked() && !isAtEnd(consumer, ends)) {
      for (ConsumerRecord<Bytes, Integer> found : consumer.poll(POLL)) {
        Integer size = found.value();
        count++;
        bytes += size == null ? 0 : size;
      }
      progress(count, Math.min(records, ends.values().stream().mapToLong(end -> end).sum()));
    }
    result("consume", count, bytes, System.nanoTime() - begunNanos);
  }

  private static boolean isAtEnd(
      Consumer<Bytes, Integer> consumer, Map<TopicPartition, Long> ends) {
    return ends.entrySet().stream()
        .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
  }
}
