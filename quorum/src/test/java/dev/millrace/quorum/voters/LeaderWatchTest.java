package dev.millrace.quorum.voters;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.sim.SimOwners;
import dev.millrace.base.turns.Turns;
import dev.millrace.net.Endpoint;
import dev.millrace.net.NetException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** When members stand for election after their leader's end. */
class LeaderWatchTest {
  private static final int LEADER = 1;

  private final SimOwners owners = new SimOwners(Long.getLong("millrace.seed", 1));
  private final Turns turns = owners.machine("node").owner("quorum");
  private final List<Member> members =
      IntStream.rangeClosed(1, 3)
          .mapToObj(id -> new Member(id, new Uuid(0, id), new Endpoint("node" + id, 9093)))
          .toList();

  /** When a member stands, in ms after the leader's end; -1 when it never does. */
  private long standsMs(int self, long helloMs, NetException.Kind outcome) {
    List<Long> stood = new ArrayList<>();
    LeaderWatch watch =
        new LeaderWatch(
            turns,
            owners.clock(),
            (_, _, failed) ->
                turns.after(helloMs, () -> failed.accept(new NetException(outcome, "gone"))),
            _ -> stood.add(owners.clock().monotonicMs()));
    long begunMs = owners.clock().monotonicMs();
    turns.submit(() -> {
      watch.leader(LEADER);
      watch.look(begunMs, self, members);
    });
    owners.runMs(20_000);
    return stood.isEmpty() ? -1 : stood.getFirst() - begunMs;
  }

  @Test
  void theFirstStandsAtOnceAndTheNextAfterIt() {
    assertThat(standsMs(2, 1, NetException.Kind.REFUSED)).isLessThan(20);
    assertThat(standsMs(3, 1, NetException.Kind.REFUSED)).isBetween(300L, 330L);
  }

  @Test
  void onASlowMachineTheNextLeavesTheFirstMoreTime() {
    assertThat(standsMs(2, 200, NetException.Kind.REFUSED)).isLessThan(230);
    assertThat(standsMs(3, 200, NetException.Kind.REFUSED)).isBetween(1_800L, 1_900L);
    assertThat(standsMs(3, 2_000, NetException.Kind.REFUSED)).isBetween(5_000L, 5_100L);
  }

  @Test
  void aLeaderThatIsOnlySilentIsLeftToTheTimeouts() {
    assertThat(standsMs(2, 1, NetException.Kind.TIMEOUT)).isEqualTo(-1);
  }
}
