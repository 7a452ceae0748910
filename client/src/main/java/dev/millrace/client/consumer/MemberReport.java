package dev.millrace.client.consumer;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.client.TopicPartition;
import dev.millrace.wire.message.ConsumerGroupHeartbeatRequest;
import dev.millrace.wire.message.ConsumerGroupHeartbeatRequest.TopicPartitions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a member tells its coordinator with a heartbeat (KIP-848): everything when it joins and when
 * it can not know what arrived, else what has changed since the last one that was answered. Only
 * who says everything is told the whole assignment again, so an answer that was lost with its
 * coordinator is asked for anew.
 */
final class MemberReport {
  /** The epoch of a member that joins. */
  static final int JOINING = 0;

  private final String group;
  private final String memberId;
  private final Habits habits;
  private @Nullable State told;

  /** What a member says once. */
  record Habits(
      int rebalanceTimeoutMs,
      String rack,
      @Nullable String instanceId,
      @Nullable String remoteAssignor) {
    static Habits of(ConsumerSettings settings) {
      return new Habits(
          settings.pollIntervalMs, settings.rack, settings.instanceId, settings.remoteAssignor);
    }
  }

  /** What may change from heartbeat to heartbeat. */
  record State(Set<String> topics, Set<TopicPartition> owned) {}

  MemberReport(String group, String memberId, Habits habits) {
    this.group = group;
    this.memberId = memberId;
    this.habits = habits;
  }

  /**
   * The next heartbeat.
   *
   * @param topicIds of the topics that are known, by name
   */
  ConsumerGroupHeartbeatRequest request(int epoch, State now, Map<String, Uuid> topicIds) {
    State before = epoch == JOINING ? null : told;
    boolean all = before == null;
    boolean isNamed = before == null || !now.topics().equals(before.topics());
    boolean isOwned = before == null || !now.owned().equals(before.owned());
    return ConsumerGroupHeartbeatRequest.builder()
        .groupId(group)
        .memberId(memberId)
        .memberEpoch(epoch)
        .instanceId(habits.instanceId())
        .rackId(all && !habits.rack().isEmpty() ? habits.rack() : null)
        .rebalanceTimeoutMs(all ? habits.rebalanceTimeoutMs() : -1)
        .serverAssignor(all ? habits.remoteAssignor() : null)
        .subscribedTopicNames(isNamed ? now.topics().stream().sorted().toList() : null)
        .topicPartitions(isOwned ? byId(now.owned(), topicIds) : null)
        .build();
  }

  /** The coordinator knows this and has answered. */
  void heard(State sent) {
    told = sent;
  }

  /** A heartbeat or its answer may be lost: the next one says everything. */
  void unsure() {
    told = null;
  }

  private static List<TopicPartitions> byId(
      Set<TopicPartition> partitions, Map<String, Uuid> topicIds) {
    Map<String, List<Integer>> byTopic = new TreeMap<>();
    for (TopicPartition partition : new TreeSet<>(partitions)) {
      byTopic
          .computeIfAbsent(partition.topic(), topic -> new ArrayList<>())
          .add(partition.partition());
    }
    List<TopicPartitions> list = new ArrayList<>();
    byTopic.forEach((name, indexes) -> {
      Uuid id = topicIds.get(name);
      if (id != null) {
        list.add(TopicPartitions.builder().topicId(id).partitions(indexes).build());
      }
    });
    return list;
  }
}
