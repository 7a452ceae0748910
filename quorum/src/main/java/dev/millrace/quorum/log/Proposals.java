package dev.millrace.quorum.log;

import dev.millrace.base.turns.Turns;
import dev.millrace.quorum.log.MetadataLog.Appended;
import dev.millrace.quorum.log.MetadataLog.Outcome;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/**
 * What this node appended while it led and whose fate is not known yet, in order. When leadership
 * is lost it stays open: whether it is in the log shows when a later epoch begins.
 *
 * <p>A limited number is with the agreement at a time, so that it never has to refuse one.
 */
final class Proposals {
  private static final int NOT_LEADING = -1;
  private static final int PROPOSED_MAX = 512;
  private static final int PROPOSED_BYTES_MAX = 16 << 20;

  private final Turns turns;
  private final Consumer<AgreedEntry> proposing;
  private final Deque<Open> open = new ArrayDeque<>();
  private final Deque<Open> unsent = new ArrayDeque<>();
  private final List<Barrier> barriers = new ArrayList<>();
  private int epoch = NOT_LEADING;
  private long nextOffset;
  private int proposed;
  private long proposedBytes;

  private record Open(
      int epoch, long baseOffset, int bytes, Appended appended, AgreedEntry entry) {}

  /** Waits for the last that was open when it was made. */
  private record Barrier(Open last, Runnable reached) {}

  Proposals(Turns turns, Consumer<AgreedEntry> proposing) {
    this.turns = turns;
    this.proposing = proposing;
  }

  boolean isLeading(int inEpoch) {
    return epoch == inEpoch && epoch != NOT_LEADING;
  }

  /** The offset of the next record that is appended. */
  long nextOffset() {
    return nextOffset;
  }

  /** This node leads in an epoch whose first record gets this offset. */
  void lead(int newEpoch, long firstOffset) {
    epoch = newEpoch;
    nextOffset = firstOffset;
    proposed = 0;
    proposedBytes = 0;
  }

  void add(AgreedEntry entry, int records, Appended appended) {
    Open added =
        new Open(entry.epoch(), entry.baseOffset(), entry.batch().remaining(), appended, entry);
    nextOffset += records;
    open.add(added);
    unsent.add(added);
    send();
  }

  private void send() {
    while (!unsent.isEmpty() && proposed < PROPOSED_MAX && proposedBytes < PROPOSED_BYTES_MAX) {
      Open next = unsent.remove();
      proposed++;
      proposedBytes += next.bytes;
      proposing.accept(next.entry);
    }
  }

  /** An entry is committed, perhaps one of these. */
  void committed(int itsEpoch, long baseOffset) {
    Open first = open.peek();
    if (first == null || first.epoch != itsEpoch || first.baseOffset != baseOffset) {
      return;
    }
    open.remove();
    if (itsEpoch == epoch) {
      proposed--;
      proposedBytes -= first.bytes;
    }
    first.appended.done(Outcome.COMMITTED);
    reach(first);
    send();
  }

  /** What is open of earlier epochs is lost. */
  void decideBefore(int laterEpoch) {
    while (!open.isEmpty() && open.element().epoch < laterEpoch) {
      Open lost = open.remove();
      unsent.remove(lost);
      lost.appended.done(Outcome.FENCED);
      reach(lost);
    }
    if (epoch < laterEpoch) {
      epoch = NOT_LEADING;
    }
  }

  /** This node does not lead any more. Nobody knows how long a barrier would wait now. */
  void lose() {
    epoch = NOT_LEADING;
    unsent.clear();
    reachAll();
  }

  void fail() {
    epoch = NOT_LEADING;
    unsent.clear();
    while (!open.isEmpty()) {
      open.remove().appended.done(Outcome.FAILED);
    }
    reachAll();
  }

  void barrier(Runnable reached) {
    if (open.isEmpty() || epoch == NOT_LEADING) {
      turns.submit(reached);
    } else {
      barriers.add(new Barrier(open.getLast(), reached));
    }
  }

  private void reach(Open decided) {
    for (int i = 0; i < barriers.size(); ) {
      if (barriers.get(i).last == decided) {
        barriers.remove(i).reached.run();
      } else {
        i++;
      }
    }
  }

  private void reachAll() {
    List<Barrier> all = List.copyOf(barriers);
    barriers.clear();
    all.forEach(barrier -> barrier.reached.run());
  }
}
