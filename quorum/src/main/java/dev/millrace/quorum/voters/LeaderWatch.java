package dev.millrace.quorum.voters;

import dev.millrace.base.turns.Turns;
import dev.millrace.net.Endpoint;
import dev.millrace.net.NetException;
import java.util.List;
import java.util.function.Supplier;

/**
 * Notices that the leader's process has ended, much earlier than its silence would tell: its
 * connections close, and where it listened nobody does any more. Then the members stand for
 * election one after the other. A leader that is only cut off, or slow, is left to the timeouts.
 */
final class LeaderWatch {
  private static final long TURN_MS = 300;
  private static final int LOOKS_MAX = 3;

  private final Turns turns;
  private final VoterLinks links;
  private final Supplier<Facts> own;
  private final Runnable stand;
  private boolean looking;
  private int leader = -1;

  /**
   * A watch that begins with the first leader.
   *
   * @param stand stands for election
   */
  LeaderWatch(Turns turns, VoterLinks links, Supplier<Facts> own, Runnable stand) {
    this.turns = turns;
    this.links = links;
    this.own = own;
    this.stand = stand;
  }

  void leader(int id) {
    leader = id;
  }

  /** A connection of a member closed; perhaps one of the leader's. */
  void look(int self, List<Member> members) {
    if (looking || leader < 0 || leader == self) {
      return;
    }
    for (Member member : members) {
      if (member.id() == leader) {
        looking = true;
        int rank =
            (int)
                members.stream().filter(other -> other.id() != leader && other.id() < self).count();
        look(member.endpoint(), leader, rank, LOOKS_MAX);
      }
    }
  }

  private void look(Endpoint at, int suspect, int rank, int looksLeft) {
    links.ask(
        at,
        VoterFrames.HELLO,
        own.get().write(),
        _ -> turns.submit(() -> looking = false),
        fault -> turns.submit(() -> missed(at, suspect, rank, looksLeft, fault.kind())));
  }

  private void missed(Endpoint at, int suspect, int rank, int looksLeft, NetException.Kind kind) {
    if (kind == NetException.Kind.REFUSED || kind == NetException.Kind.UNREACHABLE) {
      turns.after(
          rank * TURN_MS,
          () -> {
            looking = false;
            if (leader == suspect) {
              stand.run();
            }
          });
    } else if (kind == NetException.Kind.CLOSED && looksLeft > 0) {
      look(at, suspect, rank, looksLeft - 1);
    } else {
      looking = false;
    }
  }
}
