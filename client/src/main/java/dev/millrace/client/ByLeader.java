package dev.millrace.client;

import dev.millrace.wire.ErrorCode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Sorts partitions by the node that leads them, asking the cluster again where that is unknown. */
record ByLeader(Cluster cluster) {
  /**
   * Partitions by node id.
   *
   * @throws ClientException of a passing error when a partition has no leader now
   */
  Map<Integer, List<TopicPartition>> group(Collection<TopicPartition> partitions) {
    boolean known = partitions.stream().allMatch(partition -> cluster.leader(partition) >= 0);
    if (!known) {
      forget(partitions);
    }
    Map<Integer, List<TopicPartition>> grouped = new TreeMap<>();
    for (TopicPartition partition : partitions) {
      int leader = cluster.leader(partition);
      if (leader < 0) {
        throw ClientException.answered(
            ErrorCode.LEADER_NOT_AVAILABLE.code(), "leader of " + partition, null);
      }
      grouped.computeIfAbsent(leader, id -> new ArrayList<>()).add(partition);
    }
    return grouped;
  }

  /** Asks anew about the topics of these partitions. */
  void forget(Collection<TopicPartition> partitions) {
    TreeSet<String> topics = new TreeSet<>();
    partitions.forEach(partition -> topics.add(partition.topic()));
    cluster.learn(topics);
  }
}
