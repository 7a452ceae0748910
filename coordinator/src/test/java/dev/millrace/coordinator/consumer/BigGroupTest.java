package dev.millrace.coordinator.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.wire.message.ConsumerGroupHeartbeatRequest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What large groups cost: work that grows with the group, not with its square. */
class BigGroupTest {
  private static final int PARTITIONS = 10_000;

  private final Claims claims = new Claims();
  private static final TopicCatalog.Topic TOPIC =
      new TopicCatalog.Topic("t", new Uuid(1, 1), PARTITIONS);
  private static final TopicCatalog ONE_TOPIC =
      new TopicCatalog() {
        @Override
        public @Nullable Topic find(String name) {
          return name.equals("t") ? TOPIC : null;
        }

        @Override
        public @Nullable Topic find(Uuid id) {
          return id.equals(TOPIC.id()) ? TOPIC : null;
        }

        @Override
        public Collection<String> names() {
          return List.of("t");
        }
      };

  private static Beat join(String memberId) {
    return new Beat(
        ConsumerGroupHeartbeatRequest.builder()
            .groupId("g")
            .memberId(memberId)
            .memberEpoch(0)
            .rebalanceTimeoutMs(1_000)
            .subscribedTopicNames(List.of("t"))
            .topicPartitions(List.of())
            .build(),
        memberId,
        "client",
        "/host");
  }

  /** 10 000 members that join in rounds of 500 cost a few assignments and few records each. */
  @Test
  void tenThousandMembersJoinAtOnce() {
    ConsumerGroup group = ConsumerGroup.empty("g");
    int records = 0;
    long nowMs = 1_000_000;
    for (int round = 0; round < 20; round++) {
      Draft draft = new Draft(group);
      HeartbeatRound beats =
          new HeartbeatRound(draft, ConsumerSettings.DEFAULTS, ONE_TOPIC, claims, nowMs += 20);
      for (int i = 0; i < 500; i++) {
        beats.take(join("member-" + round + "-" + i));
      }
      List<HeartbeatRound.Reply> replies = beats.finish();
      assertThat(replies).hasSize(500).allMatch(HeartbeatRound.Reply::isWell);
      records += draft.records().size();
      group = draft.group();
    }
    Draft last = new Draft(group);
    HeartbeatRound settle =
        new HeartbeatRound(last, ConsumerSettings.DEFAULTS, ONE_TOPIC, claims, nowMs + 1_000);
    settle.assignIfDue();
    records += last.records().size();
    group = last.group();
    assertThat(group.members()).hasSize(10_000);
    for (String member : group.members().keySet()) {
      assertThat(group.target(member).size()).isEqualTo(1);
    }
    // each member: what it says, where it stands (twice) and the epoch; targets some times over
    assertThat(records).isLessThan(10_000 * 12);
  }

  /** A member of 10 leaves: the others have its partitions with their next heartbeats. */
  @Test
  void tenMembersTakeOverWhatOneLeaves() {
    ConsumerGroup group = ConsumerGroup.empty("g");
    List<String> members = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      members.add("m" + i);
    }
    Draft draft = new Draft(group);
    HeartbeatRound joins =
        new HeartbeatRound(draft, ConsumerSettings.DEFAULTS, ONE_TOPIC, claims, 1);
    members.forEach(member -> joins.take(join(member)));
    joins.finish();
    new Membership(draft, ONE_TOPIC, 2).remove(List.of("m9"));
    HeartbeatRound beats =
        new HeartbeatRound(draft, ConsumerSettings.DEFAULTS, ONE_TOPIC, claims, 50_000);
    int epoch = draft.group().epochs().assignment();
    members.remove("m9");
    for (String member : members) {
      beats.take(
          new Beat(
              ConsumerGroupHeartbeatRequest.builder()
                  .groupId("g")
                  .memberId(member)
                  .memberEpoch(epoch)
                  .build(),
              member,
              "client",
              "/host"));
    }
    assertThat(beats.finish()).allMatch(HeartbeatRound.Reply::isWell);
    int held = 0;
    for (ConsumerMember member : draft.group().members().values()) {
      held += member.position().held().size();
    }
    assertThat(held).isEqualTo(PARTITIONS);
    assertThat(draft.group().state()).isEqualTo("Stable");
  }
}
