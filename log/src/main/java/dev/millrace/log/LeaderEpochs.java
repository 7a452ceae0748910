package dev.millrace.log;

import dev.millrace.log.checkpoint.EpochCheckpoint.EpochStart;
import java.util.ArrayList;
import java.util.List;

/**
 * Which leader wrote which part of a log (KIP-101, KIP-279). Immutable; epochs and their first
 * offsets both rise.
 */
public final class LeaderEpochs {
  /** Of a log in which nobody has written. */
  public static final LeaderEpochs NONE = new LeaderEpochs(List.of());

  /** No epoch, or no offset. */
  public static final int UNKNOWN = -1;

  private final List<EpochStart> starts;

  private LeaderEpochs(List<EpochStart> starts) {
    this.starts = starts;
  }

  static LeaderEpochs of(List<EpochStart> starts) {
    return starts.isEmpty() ? NONE : new LeaderEpochs(List.copyOf(starts));
  }

  /**
   * The end of an epoch.
   *
   * @param epoch the epoch that the answer is for, {@link #UNKNOWN} when none is known
   * @param endOffset the offset after its last record, {@link #UNKNOWN} when none is known
   */
  public record End(int epoch, long endOffset) {}

  /** All epochs, oldest first. */
  public List<EpochStart> starts() {
    return starts;
  }

  /** The newest epoch, or {@link #UNKNOWN}. */
  public int latest() {
    return starts.isEmpty() ? UNKNOWN : starts.getLast().epoch();
  }

  /** The epoch that wrote an offset, or {@link #UNKNOWN}. */
  public int epochOf(long offset) {
    for (int i = starts.size() - 1; i >= 0; i--) {
      if (starts.get(i).startOffset() <= offset) {
        return starts.get(i).epoch();
      }
    }
    return UNKNOWN;
  }

  /**
   * Where an epoch ends: that of the largest known epoch that is not above it.
   *
   * @param logEnd where the newest epoch ends
   */
  public End endOf(int epoch, long logEnd) {
    if (starts.isEmpty() || epoch < 0 || epoch > latest()) {
      return new End(UNKNOWN, UNKNOWN);
    }
    if (epoch == latest()) {
      return new End(epoch, logEnd);
    }
    if (epoch < starts.getFirst().epoch()) {
      return new End(epoch, starts.getFirst().startOffset());
    }
    int at = 0;
    while (starts.get(at + 1).epoch() <= epoch) {
      at++;
    }
    return new End(starts.get(at).epoch(), starts.get(at + 1).startOffset());
  }

  /**
   * With a further epoch that begins at an offset. Epochs that began there or later wrote nothing
   * and are forgotten; an epoch that is not newer than the latest changes nothing.
   */
  LeaderEpochs with(int epoch, long startOffset) {
    if (epoch <= latest() || epoch < 0) {
      return this;
    }
    List<EpochStart> next = new ArrayList<>(starts);
    while (!next.isEmpty() && next.getLast().startOffset() >= startOffset) {
      next.removeLast();
    }
    next.add(new EpochStart(epoch, startOffset));
    return of(next);
  }

  /** Without the epochs that begin at {@code offset} or later. */
  LeaderEpochs upTo(long offset) {
    int kept = starts.size();
    while (kept > 0 && starts.get(kept - 1).startOffset() >= offset) {
      kept--;
    }
    return kept == starts.size() ? this : of(starts.subList(0, kept));
  }

  /** Without the epochs that end at {@code offset} or before; the first one begins there. */
  LeaderEpochs from(long offset) {
    int first = 0;
    while (first + 1 < starts.size() && starts.get(first + 1).startOffset() <= offset) {
      first++;
    }
    if (starts.isEmpty() || starts.get(first).startOffset() > offset) {
      return this;
    }
    List<EpochStart> next = new ArrayList<>(starts.subList(first, starts.size()));
    next.set(0, new EpochStart(next.getFirst().epoch(), offset));
    return next.equals(starts) ? this : of(next);
  }
}
