package dev.millrace.client;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.net.Endpoint;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.MetadataResponse;
import dev.millrace.wire.message.MetadataResponse.MetadataResponseBroker;
import dev.millrace.wire.message.MetadataResponse.MetadataResponsePartition;
import dev.millrace.wire.message.MetadataResponse.MetadataResponseTopic;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a node said about its cluster. Immutable.
 *
 * @param clusterId empty when the node did not say
 * @param nodes by node id
 * @param topics by name; only topics that exist
 * @param missing topics that were asked for and gave an error, by name
 */
public record ClusterView(
    String clusterId,
    int controllerId,
    Map<Integer, Node> nodes,
    Map<String, Topic> topics,
    Map<String, Short> missing) {

  /** Nothing known. */
  public static final ClusterView NONE = new ClusterView("", -1, Map.of(), Map.of(), Map.of());

  /** A node of the cluster and where clients reach it. */
  public record Node(int id, Endpoint endpoint, @Nullable String rack) {}

  /** A topic; partition {@code i} stands at index {@code i}. */
  public record Topic(String name, Uuid id, boolean isInternal, List<Partition> partitions) {}

  /**
   * A partition and who has it.
   *
   * @param leader node id, -1 when there is none
   */
  public record Partition(
      int index,
      int leader,
      int leaderEpoch,
      List<Integer> replicas,
      List<Integer> inSync,
      List<Integer> offline) {}

  /**
   * The same, but a partition whose leader is from an older epoch than in {@code before} keeps what
   * was known: nodes learn of changes at different times (KIP-320).
   */
  public ClusterView notOlderThan(ClusterView before) {
    Map<String, Topic> merged = new TreeMap<>();
    topics.forEach((name, topic) -> {
      Topic known = before.topics.get(name);
      merged.put(
          name, known == null || !known.id().equals(topic.id()) ? topic : newest(topic, known));
    });
    return new ClusterView(clusterId, controllerId, nodes, merged, missing);
  }

  private static Topic newest(Topic topic, Topic known) {
    List<Partition> partitions = new ArrayList<>();
    for (Partition partition : topic.partitions()) {
      boolean isKnown = partition.index() < known.partitions().size();
      Partition old = isKnown ? known.partitions().get(partition.index()) : partition;
      partitions.add(old.leaderEpoch() > partition.leaderEpoch() ? old : partition);
    }
    return new Topic(topic.name(), topic.id(), topic.isInternal(), List.copyOf(partitions));
  }

  /** What an answer says. */
  public static ClusterView of(MetadataResponse answer) {
    Map<Integer, Node> nodes = new TreeMap<>();
    for (MetadataResponseBroker broker : answer.brokers()) {
      Endpoint endpoint = new Endpoint(broker.host(), broker.port());
      nodes.put(broker.nodeId(), new Node(broker.nodeId(), endpoint, broker.rack()));
    }
    Map<String, Topic> topics = new TreeMap<>();
    Map<String, Short> missing = new TreeMap<>();
    for (MetadataResponseTopic topic : answer.topics()) {
      String name = topic.name() == null ? topic.topicId().toString() : topic.name();
      if (topic.errorCode() == ErrorCode.NONE.code()) {
        topics.put(name, topic(name, topic));
      } else {
        missing.put(name, topic.errorCode());
      }
    }
    String clusterId = answer.clusterId() == null ? "" : answer.clusterId();
    return new ClusterView(clusterId, answer.controllerId(), nodes, topics, missing);
  }

  private static Topic topic(String name, MetadataResponseTopic topic) {
    List<Partition> partitions = new ArrayList<>();
    for (MetadataResponsePartition partition : topic.partitions()) {
      partitions.add(
          new Partition(
              partition.partitionIndex(),
              partition.leaderId(),
              partition.leaderEpoch(),
              partition.replicaNodes(),
              partition.isrNodes(),
              partition.offlineReplicas()));
    }
    partitions.sort(Comparator.comparingInt(Partition::index));
    return new Topic(name, topic.topicId(), topic.isInternal(), List.copyOf(partitions));
  }
}
