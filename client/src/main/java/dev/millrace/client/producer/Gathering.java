package dev.millrace.client.producer;

import dev.millrace.client.TopicPartition;
import dev.millrace.client.producer.OutBatch.State;
import dev.millrace.wire.records.RecordHeader;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The batches of one partition. New ones wait under this object's lock, where any thread appends;
 * {@code numbered} and all below it belong to the sender: batches that have left at least once, in
 * the order of their numbers.
 */
final class Gathering {
  /** Batches of one producer that a node can tell from new ones. */
  static final int WINDOW = 5;

  final TopicPartition partition;
  private final Making making;
  private final ArrayDeque<OutBatch> waiting = new ArrayDeque<>();
  private boolean active;
  private boolean closed;

  /**
   * Whether as many batches are in work as may be: an answer has to come before another leaves, and
   * the sender looks here then, so that a new batch need not wake it. Only the sender writes it,
   * and clears it before it looks.
   */
  private volatile boolean isCrowded;

  final List<OutBatch> numbered = new ArrayList<>();
  @Nullable Identity identity;
  int nextSequence;

  /** A node has lost the thread of our numbers: nothing new leaves until all are numbered anew. */
  boolean lostThread;

  /** Node that has batches in work. */
  int sentTo = -1;

  Gathering(TopicPartition partition, Making making) {
    this.partition = partition;
    this.making = making;
  }

  /** A record was not taken: nothing is sent any more. */
  static final int REFUSED = -1;

  /** Bit: a batch has begun, so that the sender has something to look at now. */
  static final int WAKES = 1;

  /** Bit: it is the first of the partition since it was at rest. */
  static final int ACTIVATES = 2;

  /** Bit: the sender is behind with compressing, {@link #pack} helps it. */
  static final int PACKS = 4;

  /**
   * Appends under the lock.
   *
   * @param teller a {@link Fate}, a {@link Callback}, or null
   * @return {@link #REFUSED}, or the bits that are set
   */
  synchronized int append(
      long timestampMs,
      byte @Nullable [] key,
      byte @Nullable [] value,
      List<RecordHeader> headers,
      @Nullable Object teller) {
    if (closed) {
      return REFUSED;
    }
    OutBatch last = waiting.peekLast();
    int bits = 0;
    int size = OutBatch.sizeBytes(key, value, headers);
    if (last == null || !last.fits(size, making.batchBytes())) {
      if (last != null) {
        bits = isBehind(last) ? PACKS : 0;
        last.seal();
      }
      last = making.begin(partition, last != null);
      waiting.add(last);
      bits |= isCrowded ? 0 : WAKES;
    }
    last.append(timestampMs, key, value, headers, teller);
    if (!active) {
      active = true;
      bits |= ACTIVATES;
    }
    return bits;
  }

  /** Whether full batches before this one are still to be compressed. */
  private boolean isBehind(OutBatch last) {
    OutBatch first = waiting.peek();
    return first != last && first != null && first.isPackable();
  }

  /**
   * Compresses the newest full batch in the caller's thread while the sender has the oldest in its
   * hands: with one of them alone a producer is as slow as its codec.
   *
   * @return whether the sender has waited for it
   */
  boolean pack() {
    OutBatch mine = claim();
    if (mine == null) {
      return false;
    }
    OutBatch.Packing end = OutBatch.Packing.OPEN;
    boolean isAwaited = false;
    try {
      mine.pack();
      end = OutBatch.Packing.PACKED;
    } finally {
      isAwaited = packed(mine, end);
    }
    return isAwaited;
  }

  private synchronized @Nullable OutBatch claim() {
    for (Iterator<OutBatch> each = waiting.descendingIterator(); each.hasNext(); ) {
      OutBatch batch = each.next();
      if (batch.isPackable()) {
        batch.packing = OutBatch.Packing.UNDER_WAY;
        return batch;
      }
    }
    return null;
  }

  /** Returns whether it is the next to leave. */
  private synchronized boolean packed(OutBatch batch, OutBatch.Packing end) {
    batch.packing = end;
    return batch == waiting.peek();
  }

  /** How batches begin. */
  interface Making {
    int batchBytes();

    /**
     * @param isBusy whether the one before it was filled
     */
    OutBatch begin(TopicPartition partition, boolean isBusy);
  }

  /** Whether the oldest new batch has to wait for a thread that compresses it. */
  synchronized boolean isBeingPacked() {
    OutBatch first = waiting.peek();
    return first != null && first.packing == OutBatch.Packing.UNDER_WAY;
  }

  /** The oldest new batch; null when there is none. */
  synchronized @Nullable OutBatch oldest() {
    return waiting.peek();
  }

  /** Whether more than one new batch waits, or the only one is full. */
  synchronized boolean isFull() {
    OutBatch first = waiting.peek();
    return first != null && (waiting.size() > 1 || first.isSealed());
  }

  /** Takes the oldest new batch; nothing more gets into it. */
  synchronized OutBatch takeOldest() {
    OutBatch first = waiting.remove();
    first.seal();
    return first;
  }

  /** Lets nothing more into the batches that are there, so that they leave; returns them. */
  synchronized List<OutBatch> sealAll() {
    waiting.forEach(OutBatch::seal);
    return List.copyOf(waiting);
  }

  /** Takes all new batches. */
  synchronized List<OutBatch> takeAll() {
    List<OutBatch> all = List.copyOf(waiting);
    waiting.clear();
    all.forEach(OutBatch::seal);
    return all;
  }

  /** Refuses records from now on and gives up those that wait. */
  synchronized List<OutBatch> closeAll() {
    closed = true;
    List<OutBatch> left = List.copyOf(waiting);
    waiting.clear();
    return left;
  }

  /** Leaves the sender's list when nothing is left here; returns whether it did. */
  synchronized boolean rest() {
    if (waiting.isEmpty() && numbered.isEmpty()) {
      active = false;
      return true;
    }
    return false;
  }

  synchronized int queued() {
    return waiting.size();
  }

  /**
   * Notes whether new batches have to wait for an answer; the sender's, each time before it looks
   * for batches and after it has taken one.
   *
   * @param limit batches that may be in work
   */
  void noteCrowd(int limit) {
    boolean isFull = numbered.size() >= limit && hasSent();
    if (isFull != isCrowded) {
      isCrowded = isFull;
    }
  }

  boolean hasSent() {
    return numbered.stream().anyMatch(batch -> batch.state == State.SENT);
  }

  boolean hasUncertain() {
    return numbered.stream().anyMatch(batch -> batch.uncertain);
  }

  /**
   * The first numbered batch that is not in work, if those that must go before it are. A node knows
   * the last {@link #WINDOW} batches of a producer, so nothing leaves that is further away from the
   * first one without a fate: a repetition of that one could not be told from a new batch.
   */
  @Nullable OutBatch firstReady() {
    for (OutBatch batch : numbered.subList(0, Math.min(WINDOW, numbered.size()))) {
      if (batch.state == State.READY && (!lostThread || batch.uncertain)) {
        return batch;
      }
    }
    return null;
  }

  /** Numbers a new batch as the next. */
  void take(OutBatch batch) {
    batch.number(identity, nextSequence);
    nextSequence = Identity.after(nextSequence, batch.records());
    numbered.add(batch);
  }

  /** Numbers everything anew from zero. */
  void renumber(Identity by) {
    identity = by;
    nextSequence = 0;
    lostThread = false;
    for (OutBatch batch : numbered) {
      if (batch.state == State.DONE) {
        continue;
      }
      batch.number(by, nextSequence);
      nextSequence = Identity.after(nextSequence, batch.records());
    }
  }

  /** Puts batches in the place of one. */
  void replace(OutBatch batch, List<OutBatch> parts) {
    int at = numbered.indexOf(batch);
    numbered.remove(at);
    numbered.addAll(at, parts);
  }
}
