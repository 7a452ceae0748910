package dev.millrace.quorum.log;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.time.Clock;
import dev.millrace.quorum.voters.Agreement.Progress;
import dev.millrace.quorum.voters.Member;
import dev.millrace.quorum.voters.VoterState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * How far each voter is, in offsets: the agreement speaks of indices. Remembers which offset the
 * latest indices have. Belongs to the quorum's owner.
 */
final class Standing {
  private static final int INDICES_MAX = 4096;

  private final Clock clock;
  private final NavigableMap<Long, Long> ends = new TreeMap<>();
  private final Map<Uuid, Long> caughtUpMs = new HashMap<>();

  Standing(Clock clock) {
    this.clock = clock;
  }

  /** The log ended at this offset after the entry of this index. */
  void reached(long index, long endOffset) {
    ends.put(index, endOffset);
    if (ends.size() > INDICES_MAX) {
      ends.pollFirstEntry();
    }
  }

  /** Nothing is known of how far others are. */
  void forget() {
    caughtUpMs.clear();
  }

  List<VoterState> states(int self, List<Member> members, List<Progress> others, long endOffset) {
    long nowMs = clock.wallMs();
    List<VoterState> states = new ArrayList<>();
    for (Member member : members) {
      if (member.id() == self) {
        states.add(
            new VoterState(self, member.incarnation(), member.endpoint(), endOffset, nowMs, nowMs));
      }
    }
    for (Progress other : others) {
      states.add(state(other, endOffset, nowMs));
    }
    return states;
  }

  private VoterState state(Progress other, long endOffset, long nowMs) {
    Map.Entry<Long, Long> reached = ends.floorEntry(other.matchIndex());
    long end = reached == null ? 0 : reached.getValue();
    long heardMs = nowMs - other.heardMs();
    Uuid incarnation = other.member().incarnation();
    if (end >= endOffset) {
      caughtUpMs.put(incarnation, heardMs);
    }
    return new VoterState(
        other.member().id(),
        incarnation,
        other.member().endpoint(),
        end,
        heardMs,
        caughtUpMs.getOrDefault(incarnation, -1L));
  }
}
