package dev.millrace.client.share;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.sim.SimOwners;
import dev.millrace.client.call.OneNode;
import dev.millrace.client.consumer.ConsumerException;
import dev.millrace.wire.Request;
import dev.millrace.wire.Response;
import dev.millrace.wire.message.MetadataResponse;
import dev.millrace.wire.message.ShareGroupHeartbeatRequest;
import dev.millrace.wire.message.ShareGroupHeartbeatResponse;
import dev.millrace.wire.message.ShareGroupHeartbeatResponse.Assignment;
import dev.millrace.wire.message.ShareGroupHeartbeatResponse.TopicPartitions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whether a member of a share group keeps its program to max.poll.interval.ms. */
class ShareMemberTest {
  private static final int HEARTBEAT_MS = 3_000;
  private static final int POLL_INTERVAL_MS = 4_000;
  private static final Uuid TOPIC = new Uuid(1, 2);

  private final SimOwners owners = new SimOwners(1);
  private final OneNode node = new OneNode(owners, this::answer);
  private final Program program = new Program();
  private final List<Integer> left = new ArrayList<>();
  private int joins;
  private boolean isSilent;
  private final ShareMember member =
      new ShareMember(
          node.topology(),
          ShareSettings.of(
              Map.of(
                  "bootstrap.servers",
                  "node:1",
                  "group.id",
                  "g",
                  "max.poll.interval.ms",
                  POLL_INTERVAL_MS)),
          program,
          "m");

  @Test
  void whoDoesNotPollLeavesAtTheEndOfTheIntervalAndNotAtTheNextHeartbeat() {
    join();
    owners.runMs(POLL_INTERVAL_MS - 200);
    assertThat(left).isEmpty();
    owners.runMs(1_000); // the next heartbeat is at 6 000
    assertThat(left).containsExactly(-1);
    assertThat(program.partitions).isEmpty();
  }

  @Test
  void whoPollsStays() {
    join();
    for (int i = 0; i < 10; i++) {
      owners.runMs(POLL_INTERVAL_MS - 200);
      node.turns().submit(member::polled);
    }
    assertThat(left).isEmpty();
    assertThat(program.partitions).hasSize(1);
  }

  @Test
  void whoWaitsLongInAPollStays() {
    join();
    program.isPolling = true;
    owners.runMs(10 * POLL_INTERVAL_MS);
    assertThat(left).isEmpty();
    program.isPolling = false;
    owners.runMs(2 * POLL_INTERVAL_MS);
    assertThat(left).containsExactly(-1);
  }

  @Test
  void aHeartbeatWithoutAnswerHidesNothing() {
    join();
    isSilent = true;
    owners.runMs(POLL_INTERVAL_MS + 1_000);
    assertThat(left).containsExactly(-1);
  }

  @Test
  void theNextPollJoinsAgain() {
    join();
    owners.runMs(60_000);
    assertThat(joins).isEqualTo(1);
    node.turns().submit(member::polled);
    owners.runMs(1_000);
    assertThat(joins).isEqualTo(2);
    assertThat(program.partitions).hasSize(1);
  }

  private void join() {
    node.turns().submit(() -> member.subscribe(Set.of("t")));
    owners.runMs(100);
    assertThat(program.partitions).hasSize(1);
  }

  private @Nullable Response answer(Request request) {
    if (!(request instanceof ShareGroupHeartbeatRequest beat)) {
      return MetadataResponse.builder().build();
    }
    if (beat.memberEpoch() < 0) {
      left.add(beat.memberEpoch());
    }
    if (isSilent) {
      return null;
    }
    joins += beat.memberEpoch() == 0 ? 1 : 0;
    return ShareGroupHeartbeatResponse.builder()
        .memberId("m")
        .memberEpoch(beat.memberEpoch() < 0 ? beat.memberEpoch() : 1)
        .heartbeatIntervalMs(HEARTBEAT_MS)
        .assignment(
            Assignment.builder()
                .topicPartitions(
                    List.of(
                        TopicPartitions.builder().topicId(TOPIC).partitions(List.of(0)).build()))
                .build())
        .build();
  }

  private static final class Program implements ShareMember.Host {
    Map<Uuid, Set<Integer>> partitions = Map.of();
    boolean isPolling;

    @Override
    public void assign(Map<Uuid, Set<Integer>> now) {
      partitions = now;
    }

    @Override
    public boolean isPolling() {
      return isPolling;
    }

    @Override
    public void fail(ConsumerException fault) {
      throw new AssertionError(fault);
    }
  }
}
