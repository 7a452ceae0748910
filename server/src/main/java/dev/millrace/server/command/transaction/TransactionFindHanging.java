package dev.millrace.server.command.transaction;

import dev.millrace.client.Cluster;
import dev.millrace.client.ClusterView.Topic;
import dev.millrace.client.Producers;
import dev.millrace.client.TopicPartition;
import dev.millrace.server.command.terminal.Connected;
import dev.millrace.server.command.terminal.Listing;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code millrace transaction find-hanging}. */
@Command(
    name = "find-hanging",
    description = {
      "Find transactions that are open in a partition while no coordinator knows of them.",
      "Readers of committed records wait there for ever."
    })
final class TransactionFindHanging extends Connected {
  @Option(
      names = {"-t", "--topic"},
      paramLabel = "TOPIC",
      description = "Look at these topics only (default: all).")
  private List<String> topics = new ArrayList<>();

  @Option(
      names = "--open-for",
      paramLabel = "SECONDS",
      defaultValue = "900",
      description = "Only those without a record for so long (default: ${DEFAULT-VALUE}).")
  private long openForSeconds;

  @Option(names = "--abort", description = "Abort those that were found, by markers.")
  private boolean aborts;

  @Override
  protected void run(Cluster cluster) {
    if (topics.isEmpty()) {
      cluster.learnAll();
    } else {
      topics.forEach(topic -> cluster.topic(topic, false));
      cluster.learn(topics);
    }
    List<TopicPartition> partitions = new ArrayList<>();
    for (Topic topic : cluster.view().topics().values()) {
      for (int index = 0; index < topic.partitions().size(); index++) {
        if (topic.partitions().get(index).leader() >= 0) {
          partitions.add(new TopicPartition(topic.name(), index));
        }
      }
    }
    Producers producers = new Producers(cluster);
    List<Producers.Active> hanging =
        producers.hanging(partitions, Duration.ofSeconds(openForSeconds).toMillis());
    Listing listing =
        Listing.of(
            "topic", "partition", "producerId", "epoch", "sinceOffset", "silentSeconds", "aborted");
    long nowMs = Instant.now().toEpochMilli();
    for (Producers.Active one : hanging) {
      if (aborts) {
        producers.abort(one);
      }
      listing.add(
          one.partition().topic(),
          one.partition().partition(),
          one.producerId(),
          one.producerEpoch(),
          one.openSinceOffset(),
          Duration.ofMillis(nowMs - one.lastTimestampMs()).toSeconds(),
          aborts);
    }
    print(listing);
    if (!hanging.isEmpty() && !aborts) {
      say("readers of committed records wait there; add --abort to end them");
    }
  }
}
