package dev.millrace.server.command.topic;

import dev.millrace.client.Cluster;
import dev.millrace.client.ClusterView.Topic;
import dev.millrace.server.command.terminal.Connected;
import dev.millrace.server.command.terminal.Listing;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code millrace topic list}. */
@Command(name = "list", description = "List topics.")
final class TopicList extends Connected {
  @Option(names = "--internal", description = "Show internal topics too.")
  private boolean internal;

  @Override
  protected void run(Cluster cluster) {
    Listing listing = Listing.of("topic", "partitions", "replicas", "internal", "id");
    for (Topic topic : cluster.learnAll().topics().values()) {
      if (internal || !topic.isInternal()) {
        listing.add(
            topic.name(),
            topic.partitions().size(),
            topic.partitions().stream().mapToInt(part -> part.replicas().size()).max().orElse(0),
            topic.isInternal(),
            topic.id());
      }
    }
    print(listing);
  }
}
