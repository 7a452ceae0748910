package dev.millrace.client.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.sim.SimOwners;
import dev.millrace.client.TopicPartition;
import dev.millrace.client.call.CoordinatorLink;
import dev.millrace.client.call.OneNode;
import dev.millrace.client.call.Topology;
import dev.millrace.wire.Request;
import dev.millrace.wire.Response;
import dev.millrace.wire.message.HeartbeatRequest;
import dev.millrace.wire.message.HeartbeatResponse;
import dev.millrace.wire.message.JoinGroupRequest;
import dev.millrace.wire.message.JoinGroupResponse;
import dev.millrace.wire.message.LeaveGroupRequest;
import dev.millrace.wire.message.LeaveGroupResponse;
import dev.millrace.wire.message.MetadataResponse;
import dev.millrace.wire.message.SyncGroupRequest;
import dev.millrace.wire.message.SyncGroupResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Whether a member of a classic group keeps its program to max.poll.interval.ms, by virtual time.
 */
class ClassicMemberTest {
  private static final int HEARTBEAT_MS = 3_000;
  private static final int POLL_INTERVAL_MS = 4_000;
  private static final TopicPartition MINE = new TopicPartition("t", 0);

  private final SimOwners owners = new SimOwners(1);
  private final OneNode node = new OneNode(owners, this::answer);
  private final Held held = new Held();
  private final List<String> left = new ArrayList<>();
  private int joins;
  private boolean isSilent;
  private final ClassicMember member = member();

  @Test
  void whoDoesNotPollLeavesAtTheEndOfTheIntervalAndNotAtTheNextHeartbeat() {
    join();
    owners.runMs(POLL_INTERVAL_MS - 200);
    assertThat(left).isEmpty();
    owners.runMs(1_000); // the next heartbeat is at 6 000
    assertThat(left).containsExactly("m");
    assertThat(held.partitions).isEmpty();
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
    assertThat(left).containsExactly("m");
  }

  @Test
  void theNextPollJoinsAgain() {
    join();
    owners.runMs(60_000);
    assertThat(joins).isEqualTo(1);
    node.turns().submit(held::hear);
    owners.runMs(1_000);
    assertThat(joins).isEqualTo(2);
    assertThat(held.partitions).containsExactly(MINE);
  }

  private ClassicMember member() {
    ConsumerSettings settings =
        ConsumerSettings.of(
            Map.of(
                "bootstrap.servers",
                "node:1",
                "group.id",
                "g",
                "heartbeat.interval.ms",
                HEARTBEAT_MS,
                "max.poll.interval.ms",
                POLL_INTERVAL_MS));
    Topology topology = node.topology();
    CoordinatorLink link = CoordinatorLink.ofGroup(topology, "g", 30_000);
    return new ClassicMember(topology, link, settings, held);
  }

  private void join() {
    node.turns()
        .submit(() -> {
          member.polled();
          member.subscribe(Set.of("t"));
        });
    owners.runMs(100);
    assertThat(held.partitions).containsExactly(MINE);
  }

  private @Nullable Response answer(Request request) {
    return switch (request) {
      case JoinGroupRequest join -> {
        joins++;
        yield JoinGroupResponse.builder()
            .generationId(joins)
            .memberId("m")
            .leader("other")
            .protocolName("range")
            .build();
      }
      case SyncGroupRequest sync ->
          SyncGroupResponse.builder().assignment(GroupProtocol.assignment(List.of(MINE))).build();
      case HeartbeatRequest beat -> isSilent ? null : HeartbeatResponse.builder().build();
      case LeaveGroupRequest leave -> {
        left.add(leave.members().getFirst().memberId());
        yield LeaveGroupResponse.builder().build();
      }
      default -> MetadataResponse.builder().build();
    };
  }
}
