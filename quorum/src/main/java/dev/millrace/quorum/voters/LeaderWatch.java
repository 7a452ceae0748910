package dev.millrace.quorum.voters;

import dev.millrace.base.time.Clock;
import dev.millrace.base.turns.Turns;
import dev.millrace.net.Endpoint;
import dev.millrace.net.NetException;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * Notices that the leader's process has ended, much earlier than its silence would tell: its
 * connections close, and where it listened nobody does any more. Then the members stand for
 * election one after the other: two who stand at once take each other's votes. How far apart they
 * stand follows from how long the look took, since a machine that is slow with the one is slow with
 * the other. A leader that is only cut off, or slow, is left to the timeouts.
 */
final class LeaderWatch {
  /** An election on a machine that has time. */
  private static final long TURN_MS = 300;

  /** The timeouts take over then. */
  private static final long TURN_MS_MAX = 3_000;

  /** An election has about so many more steps than a look, and writes to disks. */
  private static final long LOOKS_OF_ELECTION = 8;

  private static final int LOOKS_MAX = 3;

  /** Says hello to a voter; one of the two is called, on any thread. */
  @FunctionalInterface
  interface Hello {
    void say(Endpoint to, Runnable answered, Consumer<NetException> failed);
  }

  private final Turns turns;
  private final Clock clock;
  private final Hello hello;
  private final IntConsumer stand;
  private boolean looking;
  private int leader = -1;

  /**
   * A watch that begins with the first leader.
   *
   * @param stand stands for election in the place of the leader with this id
   */
  LeaderWatch(Turns turns, Clock clock, Hello hello, IntConsumer stand) {
    this.turns = turns;
    this.clock = clock;
    this.hello = hello;
    this.stand = stand;
  }

  void leader(int id) {
    leader = id;
  }

  /**
   * A connection of a member closed; perhaps one of the leader's.
   *
   * @param sinceMs when it did, by the monotonic clock
   */
  void look(long sinceMs, int self, List<Member> members) {
    if (looking || leader < 0 || leader == self) {
      return;
    }
    for (Member member : members) {
      if (member.id() == leader) {
        looking = true;
        int rank =
            (int)
                members.stream().filter(other -> other.id() != leader && other.id() < self).count();
        look(new Suspicion(member.endpoint(), leader, rank, sinceMs), LOOKS_MAX);
      }
    }
  }

  private record Suspicion(Endpoint at, int leader, int rank, long sinceMs) {}

  private void look(Suspicion suspicion, int looksLeft) {
    hello.say(
        suspicion.at,
        () -> turns.submit(() -> looking = false),
        fault -> turns.submit(() -> missed(suspicion, looksLeft, fault.kind())));
  }

  private void missed(Suspicion suspicion, int looksLeft, NetException.Kind kind) {
    if (kind == NetException.Kind.REFUSED || kind == NetException.Kind.UNREACHABLE) {
      turns.after(
          suspicion.rank * turnMs(suspicion),
          () -> {
            looking = false;
            if (leader == suspicion.leader) {
              stand.accept(leader);
            }
          });
    } else if (kind == NetException.Kind.CLOSED && looksLeft > 0) {
      look(suspicion, looksLeft - 1);
    } else {
      looking = false;
    }
  }

  private long turnMs(Suspicion suspicion) {
    long lookMs = clock.monotonicMs() - suspicion.sinceMs;
    return Math.clamp(LOOKS_OF_ELECTION * lookMs, TURN_MS, TURN_MS_MAX);
  }
}
