package dev.millrace.coordinator.consumer;

import dev.millrace.wire.message.ConsumerGroupHeartbeatRequest.TopicPartitions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the members of one group said last that they have: a heartbeat that says nothing of it means
 * the same again. It is not written down; a coordinator that does not know takes it that they have
 * all they were given. No more is kept than was given to a member.
 */
public final class Claims {
  private final Map<String, Partitions> said = new HashMap<>();

  /** What a heartbeat says, with what was said before. */
  Claim of(ConsumerMember member, Beat beat) {
    List<TopicPartitions> now = beat.request().topicPartitions();
    if (beat.joins()) {
      said.remove(member.id());
      return Claim.joining(now);
    }
    if (now != null) {
      said.put(member.id(), given(member.position(), now));
    }
    return new Claim(now, said.get(member.id()), false);
  }

  /** The member is gone. */
  public void forget(String memberId) {
    said.remove(memberId);
  }

  private static Partitions given(Position position, List<TopicPartitions> named) {
    Partitions.Builder given = new Partitions.Builder();
    for (TopicPartitions topic : named) {
      Set<Integer> assigned = position.assigned().of(topic.topicId()).keySet();
      Set<Integer> revoking = position.revoking().of(topic.topicId()).keySet();
      for (Integer partition : topic.partitions()) {
        if (assigned.contains(partition) || revoking.contains(partition)) {
          given.add(topic.topicId(), partition);
        }
      }
    }
    return given.build();
  }
}
