package dev.millrace.server.command.cluster;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.client.ClientException;
import dev.millrace.client.Cluster;
import dev.millrace.client.ClusterView;
import dev.millrace.client.Configs;
import dev.millrace.client.Nodes;
import dev.millrace.client.Replication;
import dev.millrace.client.TopicPartition;
import dev.millrace.quorum.balance.Balancer;
import dev.millrace.quorum.balance.PartitionLoad;
import dev.millrace.quorum.image.BrokerWish;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.ConfigResource;
import dev.millrace.quorum.image.Replay;
import dev.millrace.quorum.record.ConfigRecord;
import dev.millrace.quorum.record.PartitionRecord;
import dev.millrace.quorum.record.RegisterBrokerRecord;
import dev.millrace.quorum.record.TopicRecord;
import dev.millrace.wire.Message;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a client can learn of who has what: the input of a plan.
 *
 * @param image brokers, topics and moves; the metadata's own details are not in it
 * @param bytes of each partition
 */
record ClusterState(ClusterView view, ClusterImage image, Map<TopicPartition, Long> bytes) {

  /** Asks all nodes. */
  static ClusterState of(Cluster cluster) {
    ClusterView view = cluster.learnAll();
    Map<TopicPartition, Long> bytes = new HashMap<>();
    Nodes nodes = new Nodes(cluster);
    for (int node : view.nodes().keySet()) {
      for (Nodes.Directory directory : nodes.directories(node)) {
        directory
            .stored()
            .forEach(stored -> bytes.merge(stored.partition(), stored.bytes(), Math::max));
      }
    }
    return new ClusterState(view, image(cluster, view), bytes);
  }

  Balancer.Loads loads() {
    return (topic, partition) ->
        new PartitionLoad(bytes.getOrDefault(new TopicPartition(topic, partition), 0L), 0, 0);
  }

  /** Partitions of which a node has a copy. */
  List<ClusterView.Partition> on(int node) {
    return view.topics().values().stream()
        .flatMap(topic -> topic.partitions().stream())
        .filter(one -> one.replicas().contains(node))
        .toList();
  }

  private static ClusterImage image(Cluster cluster, ClusterView view) {
    List<Message> records = new ArrayList<>();
    for (ClusterView.Node node : view.nodes().values()) {
      records.add(
          RegisterBrokerRecord.builder()
              .brokerId(node.id())
              .rack(node.rack())
              .fenced(false)
              .logDirs(List.of(new Uuid(node.id(), 1)))
              .build());
      records.add(
          new ConfigRecord(
              ConfigResource.broker(node.id()).scope().number(),
              Integer.toString(node.id()),
              BrokerWish.SETTING,
              wishOf(cluster, node.id()).value()));
    }
    Map<TopicPartition, Replication.Reassignment> moves = new TreeMap<>();
    new Replication(cluster).reassignments().forEach(one -> moves.put(one.partition(), one));
    for (ClusterView.Topic topic : view.topics().values()) {
      records.add(TopicRecord.builder().name(topic.name()).topicId(topic.id()).build());
      topic
          .partitions()
          .forEach(one ->
              records.add(
                  partition(topic, one, moves.get(new TopicPartition(topic.name(), one.index())))));
    }
    Replay replay = new Replay(ClusterImage.EMPTY);
    records.forEach(replay::apply);
    return replay.finish(records.size(), 1).image();
  }

  private static Message partition(
      ClusterView.Topic topic, ClusterView.Partition one, Replication.@Nullable Reassignment move) {
    return PartitionRecord.builder()
        .topicId(topic.id())
        .partitionId(one.index())
        .replicas(one.replicas())
        .isr(one.inSync())
        .leader(one.leader())
        .leaderEpoch(one.leaderEpoch())
        .addingReplicas(move == null ? List.of() : move.adding())
        .removingReplicas(move == null ? List.of() : move.removing())
        .build();
  }

  /** What is wanted of a node; of one that does not answer nothing. */
  static BrokerWish wishOf(Cluster cluster, int node) {
    try {
      for (Configs.Entry entry :
          new Configs(cluster).describe(Configs.Kind.BROKER, Integer.toString(node))) {
        if (entry.name().equals(BrokerWish.SETTING)) {
          return BrokerWish.of(entry.value());
        }
      }
    } catch (ClientException silent) {
      return BrokerWish.NORMAL;
    }
    return BrokerWish.NORMAL;
  }
}
