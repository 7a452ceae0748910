package dev.millrace.client.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.sim.SimOwners;
import dev.millrace.client.TopicPartition;
import dev.millrace.client.call.CoordinatorLink;
import dev.millrace.client.call.OneNode;
import dev.millrace.client.call.Topology;
import dev.millrace.wire.Request;
import dev.millrace.wire.Response;
import dev.millrace.wire.message.ConsumerGroupHeartbeatRequest;
import dev.millrace.wire.message.ConsumerGroupHeartbeatResponse;
import dev.millrace.wire.message.ConsumerGroupHeartbeatResponse.Assignment;
import dev.millrace.wire.message.ConsumerGroupHeartbeatResponse.TopicPartitions;
import dev.millrace.wire.message.MetadataResponse;
import dev.millrace.wire.message.MetadataResponse.MetadataResponseBroker;
import dev.millrace.wire.message.MetadataResponse.MetadataResponsePartition;
import dev.millrace.wire.message.MetadataResponse.MetadataResponseTopic;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whether a member of the new protocol keeps its program to max.poll.interval.ms. */
class ConsumerMemberTest {
  private static final int HEARTBEAT_MS = 3_000;
  private static final int POLL_INTERVAL_MS = 4_000;
  private static final Uuid TOPIC = new Uuid(1, 2);
  private static final TopicPartition MINE = new TopicPartition("t", 0);

  private final SimOwners owners = new SimOwners(1);
  private final OneNode node = new OneNode(owners, this::answer);
  private final Held held = new Held();
  private final List<Integer> left = new ArrayList<>();
  private int joins;
  private boolean isSilent;
  private final ConsumerMember member = member();

  @Test
  void whoDoesNotPollLeavesAtTheEndOfTheIntervalAndNotAtTheNextHeartbeat() {
    join();
    owners.runMs(POLL_INTERVAL_MS - 200);
    assertThat(left).isEmpty();
    owners.runMs(1_000); // the next heartbeat is at 6 000
    assertThat(left).containsExactly(-1);
    assertThat(held.partitions).isEmpty();
    assertThat(member.generation()).isEqualTo(-1);
  }

  @Test
  void whoPollsStays() {
    join();
    for (int i = 0; i < 10; i++) {
      owners.runMs(POLL_INTERVAL_MS - 200);
      node.turns().submit(member::polled);
    }
    assertThat(left).isEmpty();
    assertThat(held.partitions).containsExactly(MINE);
  }

  @Test
  void aHeartbeatWithoutAnswerHidesNothing() {
    join();
    isSilent = true;
    owners.runMs(POLL_INTERVAL_MS + 1_000);
    assertThat(left).containsExactly(-1);
  }

  @Test
  void aJoinWithoutAnswerIsTakenBackToo() {
    isSilent = true;
    node.turns().submit(() -> member.subscribe(Set.of("t")));
    owners.runMs(POLL_INTERVAL_MS + 1_000);
    assertThat(left).containsExactly(-1);
  }

  @Test
  void theNextPollJoinsAgain() {
    join();
    owners.runMs(60_000);
    assertThat(joins).isEqualTo(1);
    node.turns()
        .submit(() -> {
          member.polled();
          held.hear();
        });
    owners.runMs(1_000);
    assertThat(joins).isEqualTo(2);
    assertThat(held.partitions).containsExactly(MINE);
  }

  @Test
  void whoHeldNothingJoinsWithTheNextPollOnly() {
    isSilent = true;
    node.turns().submit(() -> member.subscribe(Set.of("t")));
    owners.runMs(POLL_INTERVAL_MS + 1_000);
    held.hear();
    isSilent = false;
    owners.runMs(60_000);
    assertThat(joins).isZero();
    node.turns().submit(member::polled);
    owners.runMs(1_000);
    assertThat(joins).isEqualTo(1);
    assertThat(held.partitions).containsExactly(MINE);
  }

  private ConsumerMember member() {
    ConsumerSettings settings =
        ConsumerSettings.of(
            Map.of(
                "bootstrap.servers",
                "node:1",
                "group.id",
                "g",
                "max.poll.interval.ms",
                POLL_INTERVAL_MS));
    Topology topology = node.topology();
    CoordinatorLink link = CoordinatorLink.ofGroup(topology, "g", 30_000);
    ConsumerMember made = new ConsumerMember(topology, link, settings, held, "m");
    topology.listen(made::topologyChanged);
    return made;
  }

  private void join() {
    node.turns()
        .submit(() -> {
          member.polled();
          member.subscribe(Set.of("t"));
        });
    owners.runMs(500);
    assertThat(held.partitions).containsExactly(MINE);
    node.turns().submit(member::polled);
    owners.runMs(1);
  }

  private @Nullable Response answer(Request request) {
    return switch (request) {
      case ConsumerGroupHeartbeatRequest beat -> answer(beat);
      default ->
          MetadataResponse.builder()
              .brokers(
                  List.of(MetadataResponseBroker.builder().nodeId(1).host("node").port(1).build()))
              .topics(
                  List.of(
                      MetadataResponseTopic.builder()
                          .name("t")
                          .topicId(TOPIC)
                          .partitions(
                              List.of(MetadataResponsePartition.builder().leaderId(1).build()))
                          .build()))
              .build();
    };
  }

  private @Nullable Response answer(ConsumerGroupHeartbeatRequest beat) {
    if (beat.memberEpoch() < 0) {
      left.add(beat.memberEpoch());
    }
    if (isSilent) {
      return null;
    }
    boolean joins = beat.memberEpoch() == 0;
    this.joins += joins ? 1 : 0;
    return ConsumerGroupHeartbeatResponse.builder()
        .memberId("m")
        .memberEpoch(beat.memberEpoch() < 0 ? beat.memberEpoch() : 1)
        .heartbeatIntervalMs(HEARTBEAT_MS)
        .assignment(
            joins
                ? Assignment.builder()
                    .topicPartitions(
                        List.of(
                            TopicPartitions.builder()
                                .topicId(TOPIC)
                                .partitions(List.of(0))
                                .build()))
                    .build()
                : null)
        .build();
  }
}
