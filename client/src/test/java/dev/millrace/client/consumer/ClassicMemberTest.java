package dev.millrace.client.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.sim.SimOwners;
import dev.millrace.base.time.Clock;
import dev.millrace.base.turns.Turns;
import dev.millrace.client.TopicPartition;
import dev.millrace.client.call.CoordinatorLink;
import dev.millrace.client.call.Topology;
import dev.millrace.net.Endpoint;
import dev.millrace.net.call.Exchange;
import dev.millrace.net.call.Network;
import dev.millrace.wire.Request;
import dev.millrace.wire.Response;
import dev.millrace.wire.WireReader;
import dev.millrace.wire.WireWriter;
import dev.millrace.wire.message.FindCoordinatorRequest;
import dev.millrace.wire.message.FindCoordinatorResponse;
import dev.millrace.wire.message.FindCoordinatorResponse.Coordinator;
import dev.millrace.wire.message.HeartbeatRequest;
import dev.millrace.wire.message.HeartbeatResponse;
import dev.millrace.wire.message.JoinGroupRequest;
import dev.millrace.wire.message.JoinGroupResponse;
import dev.millrace.wire.message.LeaveGroupRequest;
import dev.millrace.wire.message.LeaveGroupResponse;
import dev.millrace.wire.message.MetadataResponse;
import dev.millrace.wire.message.SyncGroupRequest;
import dev.millrace.wire.message.SyncGroupResponse;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Whether a member of a classic group keeps its program to max.poll.interval.ms, by virtual time.
 */
class ClassicMemberTest {
  private static final int HEARTBEAT_MS = 3_000;
  private static final int POLL_INTERVAL_MS = 4_000;
  private static final TopicPartition MINE = new TopicPartition("t", 0);

  private final SimOwners owners = new SimOwners(1);
  private final Node node = new Node();
  private final Held held = new Held();
  private final ClassicMember member = member();

  @Test
  void whoDoesNotPollLeavesAtTheEndOfTheIntervalAndNotAtTheNextHeartbeat() {
    join();
    owners.runMs(POLL_INTERVAL_MS - 200);
    assertThat(node.left).isEmpty();
    owners.runMs(1_000); // the next heartbeat is at 6 000
    assertThat(node.left).containsExactly("m");
    assertThat(held.partitions).isEmpty();
  }

  @Test
  void whoPollsStays() {
    join();
    for (int i = 0; i < 10; i++) {
      owners.runMs(POLL_INTERVAL_MS - 200);
      node.turns.submit(member::polled);
    }
    assertThat(node.left).isEmpty();
    assertThat(held.partitions).containsExactly(MINE);
  }

  @Test
  void aHeartbeatWithoutAnswerHidesNothing() {
    join();
    node.isSilent = true;
    owners.runMs(POLL_INTERVAL_MS + 1_000);
    assertThat(node.left).containsExactly("m");
  }

  @Test
  void theNextPollJoinsAgain() {
    join();
    owners.runMs(60_000);
    assertThat(node.joins).isEqualTo(1);
    node.turns.submit(held::hear);
    owners.runMs(1_000);
    assertThat(node.joins).isEqualTo(2);
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
    Topology topology =
        new Topology(
            node,
            List.of(new Endpoint("node", 1)),
            new Topology.Rules(false, 30_000, 100, 1_000, 300_000));
    CoordinatorLink link = CoordinatorLink.ofGroup(topology, "g", 30_000);
    return new ClassicMember(topology, link, settings, held);
  }

  private void join() {
    node.turns.submit(() -> {
      member.polled();
      member.subscribe(Set.of("t"));
    });
    owners.runMs(100);
    assertThat(held.partitions).containsExactly(MINE);
  }

  /** What the program holds; it hears of a loss when it polls. */
  private static final class Held implements Membership.Host {
    final Set<TopicPartition> partitions = new TreeSet<>();
    final List<Runnable> losses = new ArrayList<>();

    void hear() {
      List.copyOf(losses).forEach(Runnable::run);
      losses.clear();
    }

    @Override
    public Set<TopicPartition> owned() {
      return Set.copyOf(partitions);
    }

    @Override
    public void revoke(Collection<TopicPartition> gone, Runnable then) {
      partitions.removeAll(gone);
      then.run();
    }

    @Override
    public void assign(List<TopicPartition> coming, Runnable then) {
      partitions.addAll(coming);
      then.run();
    }

    @Override
    public void lose(Runnable then) {
      partitions.clear();
      losses.add(then);
    }

    @Override
    public void fail(ConsumerException fault) {
      throw new AssertionError(fault);
    }
  }

  /** A coordinator with one member, which follows. */
  private final class Node implements Network {
    final Turns turns = owners.owner("client");
    final List<String> left = new ArrayList<>();
    int joins;
    boolean isSilent;

    @Override
    public Turns turns() {
      return turns;
    }

    @Override
    public Clock clock() {
      return owners.clock();
    }

    @Override
    public void send(Endpoint to, Request request, int highest) {}

    @Override
    public void close() {}

    @Override
    public <R extends Response> void call(Endpoint to, Lane lane, Exchange<R> exchange) {
      short version = (short) Math.min(exchange.highest(), exchange.key().highestStableVersion());
      // a connection is made first, as over a real network
      turns.after(
          1,
          () -> {
            Request request = exchange.request().apply(version);
            if (isSilent && request instanceof HeartbeatRequest) {
              return;
            }
            Response response = answer(request);
            WireWriter out = new WireWriter(ByteBuffer.allocate(response.size(version)));
            response.write(out, version);
            WireReader in = new WireReader(out.buffer().flip());
            exchange.answered().accept(exchange.reading().read(in, version));
          });
    }

    private Response answer(Request request) {
      return switch (request) {
        case FindCoordinatorRequest asked ->
            FindCoordinatorResponse.builder()
                .coordinators(List.of(Coordinator.builder().key("g").host("node").port(1).build()))
                .build();
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
        case HeartbeatRequest beat -> HeartbeatResponse.builder().build();
        case LeaveGroupRequest leave -> {
          left.add(leave.members().getFirst().memberId());
          yield LeaveGroupResponse.builder().build();
        }
        default -> MetadataResponse.builder().build();
      };
    }
  }
}
