package dev.millrace.replica.share;

import dev.millrace.wire.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The records of one partition in delivery to one share group.
 *
 * <pre>
 *   AVAILABLE --acquire--> ACQUIRED --accept, saved--> ACKNOWLEDGED
 *       ^                   |   | \---reject, gap, saved--> ARCHIVED
 *       \--release, saved---/   |
 *       \--lock ran out --------/  ARCHIVED instead, when delivered too often
 *
 *   with a dead-letter queue, instead of ARCHIVED after a reject and too many deliveries:
 *   ARCHIVING, saved --written to the queue or given up--> ARCHIVED
 * </pre>
 *
 * What a member says of a record takes effect when it is saved; until then the record stays in its
 * hands, also beyond its lock, so that nobody else gets what may be done with already. What happens
 * without anybody waiting for it (a lock ran out, a hole in the log) takes effect at once and is
 * saved with the next write. One write is on its way at a time: {@link #beginWrite}, then {@link
 * #endWrite}.
 *
 * <p>What goes to the dead-letter queue goes there when it is saved that it does, so that nobody
 * gets it once more: {@link #beginDeadLetters}, then {@link #endDeadLetters}. A successor that does
 * not know whether it was written writes it again (KIP-1191).
 *
 * <p>Not safe for threads by itself. Times are monotonic milliseconds. See KIP-932.
 */
public final class SharePartition {
  private final Window window;
  private long openWrite = 1;
  private long runningWrite;
  private boolean unsaved;
  private List<DeadLetters> deadLetters = List.of();

  /**
   * Goes on where it was saved.
   *
   * @param startOffset the first offset that is not done with
   * @param batches in order and apart; offsets between them were never delivered
   */
  public SharePartition(long startOffset, List<StateBatch> batches) {
    this.window = new Window(startOffset);
    for (StateBatch batch : batches) {
      load(batch);
    }
    advance();
  }

  private void load(StateBatch batch) {
    long first = Math.max(batch.first(), window.end());
    if (batch.last() < first) {
      return;
    }
    if (first > window.end()) {
      window.extend(first - 1, Delivery.FRESH);
    }
    window.extend(batch.last(), Delivery.loaded(batch.state(), batch.deliveryCount()));
  }

  /** Has the start saved, which was only just chosen. */
  public void saveStart() {
    unsaved = true;
  }

  /** Whether nothing is in anybody's hands and everything is saved. */
  public boolean isQuiet() {
    return runningWrite == 0
        && !unsaved
        && window.spans().stream()
            .noneMatch(
                span -> span.delivery().isAcquired() || span.delivery().state().isArchiving());
  }

  /** The first offset that is not done with. */
  public long startOffset() {
    return window.start();
  }

  /** The offset after the last one that was ever delivered. */
  public long endOffset() {
    return window.end();
  }

  /** The first offset to read for a member, or -1 when nothing may be acquired now. */
  public long nextOffset(ShareLimits limits) {
    for (Span span = window.from(window.start()); span != null; ) {
      if (span.delivery().isAvailable()) {
        return span.first();
      }
      span = span.last() + 1 >= window.end() ? null : window.from(span.last() + 1);
    }
    return window.size() < limits.locksMax() ? window.end() : -1;
  }

  /** Hands records to a member: what of a reading is still available. */
  public List<AcquiredRecords> acquire(
      String member, ShareQuery query, Reading reading, ShareLimits limits, long nowMs) {
    Acquisition acquisition = new Acquisition(window, limits, query, member, nowMs);
    if (reading.from() > window.end()) {
      return List.of();
    }
    long expected = reading.from();
    for (FoundBatch batch : reading.batches()) {
      if (acquisition.isFull()) {
        break;
      }
      if (batch.last() < Math.max(expected, window.start())) {
        continue;
      }
      if (batch.first() > expected) {
        archive(expected, batch.first() - 1, limits);
      }
      acquire(acquisition, batch, Math.max(batch.first(), window.start()), limits);
      expected = batch.last() + 1;
    }
    return acquisition.acquired();
  }

  private void acquire(Acquisition acquisition, FoundBatch batch, long from, ShareLimits limits) {
    if (!batch.deliverable()) {
      archive(from, batch.last(), limits);
      return;
    }
    if (from < window.end()) {
      acquisition.take(from, Math.min(batch.last(), window.end() - 1));
    }
    if (batch.last() >= window.end() && !acquisition.isFull() && acquisition.mayExtend()) {
      long fresh = window.end();
      window.extend(batch.last(), Delivery.FRESH);
      acquisition.take(fresh, batch.last());
    }
  }

  /** Offsets that nobody gets: those that are available or were never delivered. */
  private void archive(long first, long last, ShareLimits limits) {
    long from = Math.max(first, window.start());
    if (last < from) {
      return;
    }
    for (Span span : window.between(from, last)) {
      if (span.delivery().isAvailable()) {
        window.update(span.first(), span.last(), delivery -> now(delivery, RecordState.ARCHIVED));
      }
    }
    if (last >= window.end() && from <= window.end() && window.size() < limits.locksMax()) {
      window.extend(last, now(Delivery.FRESH, RecordState.ARCHIVED));
    }
  }

  /** What a member's acknowledgements came to. */
  public sealed interface Outcome {
    /** They take effect with a write. */
    record Waiting(long write) implements Outcome {}

    /** They took effect. */
    record Done() implements Outcome {}

    /** None of them takes effect. */
    record Refused(ErrorCode error, String message) implements Outcome {}
  }

  /**
   * Takes acknowledgements, all or none of them. Offsets before the start are done with, whatever
   * is said of them.
   */
  public Outcome acknowledge(
      String member, List<Acknowledgement> acknowledgements, ShareLimits limits, long nowMs) {
    for (Acknowledgement one : acknowledgements) {
      Outcome.Refused refused = check(member, one);
      if (refused != null) {
        return refused;
      }
    }
    long before = openWrite;
    boolean[] waits = new boolean[1];
    for (Acknowledgement one : acknowledgements) {
      one.forEachRun((first, last, type) -> {
        long from = Math.max(first, window.start());
        if (from <= last) {
          waits[0] |= type != AcknowledgeType.RENEW;
          take(from, last, type, limits, nowMs);
        }
      });
    }
    return waits[0] ? new Outcome.Waiting(before) : new Outcome.Done();
  }

  private Outcome.@Nullable Refused check(String member, Acknowledgement one) {
    if (one.last() >= window.end()) {
      return new Outcome.Refused(
          ErrorCode.INVALID_REQUEST,
          "offset was never acquired, last=" + one.last() + " end=" + window.end());
    }
    long from = Math.max(one.first(), window.start());
    if (from > one.last()) {
      return null;
    }
    for (Span span : window.between(from, one.last())) {
      if (!span.delivery().isHeldBy(member)) {
        return new Outcome.Refused(
            ErrorCode.INVALID_RECORD_STATE,
            "member has no lock on the record, offset=" + span.first());
      }
    }
    return null;
  }

  private void take(long first, long last, AcknowledgeType type, ShareLimits limits, long nowMs) {
    if (type == AcknowledgeType.RENEW) {
      window.update(first, last, delivery -> delivery.renewed(nowMs + limits.lockMs()));
      return;
    }
    unsaved = true;
    window.update(
        first,
        last,
        delivery -> delivery.becoming(target(type, delivery.count(), limits), openWrite));
  }

  private static RecordState target(AcknowledgeType type, int count, ShareLimits limits) {
    return switch (type) {
      case ACCEPT -> RecordState.ACKNOWLEDGED;
      case GAP -> RecordState.ARCHIVED;
      case REJECT -> limits.deadLetters() ? RecordState.ARCHIVING_REJECTED : RecordState.ARCHIVED;
      case RELEASE, RENEW -> released(count, limits);
    };
  }

  private static RecordState released(int count, ShareLimits limits) {
    if (count < limits.deliveryCountMax()) {
      return RecordState.AVAILABLE;
    }
    return limits.deadLetters() ? RecordState.ARCHIVING_EXHAUSTED : RecordState.ARCHIVED;
  }

  /**
   * What is to be written to the dead-letter queue now, in order; nothing while something is on its
   * way there.
   */
  public List<DeadLetters> beginDeadLetters() {
    if (!deadLetters.isEmpty()) {
      return List.of();
    }
    List<DeadLetters> found = new ArrayList<>();
    for (Span span : window.spans()) {
      Delivery delivery = span.delivery();
      if (delivery.state().isArchiving() && delivery.change() == Delivery.SAVED) {
        found.add(
            new DeadLetters(
                span.first(),
                span.last(),
                delivery.count(),
                delivery.state() == RecordState.ARCHIVING_REJECTED));
      }
    }
    deadLetters = found;
    return found;
  }

  /** What was on its way to the dead-letter queue is there, or can't get there: it is done with. */
  public void endDeadLetters() {
    for (DeadLetters run : deadLetters) {
      long from = Math.max(run.first(), window.start());
      if (from <= run.last()) {
        window.update(from, run.last(), delivery -> now(delivery, RecordState.ARCHIVED));
      }
    }
    deadLetters = List.of();
  }

  /** Takes back what a member has and has said nothing of. Returns whether there was anything. */
  public boolean release(String member, ShareLimits limits) {
    return takeBack(delivery -> delivery.isHeldBy(member), limits);
  }

  /** Takes back what was not acknowledged in time. Returns whether there was anything. */
  public boolean expire(ShareLimits limits, long nowMs) {
    return takeBack(
        delivery ->
            delivery.isHeld() && delivery.lock() != null && delivery.lock().dueMs() <= nowMs,
        limits);
  }

  private boolean takeBack(Predicate<Delivery> which, ShareLimits limits) {
    boolean any = false;
    for (Span span : window.spans()) {
      if (which.test(span.delivery())) {
        window.update(
            span.first(),
            span.last(),
            delivery -> now(delivery, released(delivery.count(), limits)));
        any = true;
      }
    }
    return any;
  }

  private Delivery now(Delivery delivery, RecordState state) {
    unsaved = true;
    return delivery.now(state, openWrite);
  }

  /** When the next lock runs out, or -1 when there is none. */
  public long nextDueMs() {
    long due = -1;
    for (Span span : window.spans()) {
      Delivery.Lock lock = span.delivery().isHeld() ? span.delivery().lock() : null;
      if (lock != null && (due == -1 || lock.dueMs() < due)) {
        due = lock.dueMs();
      }
    }
    return due;
  }

  /** The log begins at {@code offset}: what was before is gone. */
  public void trim(long offset) {
    if (offset > window.start()) {
      window.advance(offset);
      unsaved = true;
      advance();
    }
  }

  /** What is to be saved now, or null when there is nothing or a write is on its way. */
  public @Nullable ShareWrite beginWrite() {
    if (runningWrite != 0 || !unsaved) {
      return null;
    }
    long number = openWrite++;
    runningWrite = number;
    unsaved = false;
    List<Span> spans = window.spans();
    long start = startAfter(number, spans);
    List<StateBatch> batches = new ArrayList<>();
    long complete = 0;
    for (Span span : spans) {
      RecordState state = span.delivery().stateIn(number);
      if (span.last() >= start && state.isTerminal()) {
        complete += span.count();
      }
      if (span.last() >= start && span.delivery().change() == number) {
        add(batches, span, state, span.delivery().countIn(number));
      }
    }
    return new ShareWrite(number, start, (int) Math.min(complete, Integer.MAX_VALUE), batches);
  }

  private static void add(List<StateBatch> batches, Span span, RecordState state, int count) {
    StateBatch last = batches.isEmpty() ? null : batches.getLast();
    if (last != null
        && last.last() + 1 == span.first()
        && last.state() == state
        && last.deliveryCount() == count) {
      batches.set(batches.size() - 1, new StateBatch(last.first(), span.last(), state, count));
    } else {
      batches.add(new StateBatch(span.first(), span.last(), state, count));
    }
  }

  /** Where delivery starts once a write is done. */
  private long startAfter(long number, List<Span> spans) {
    for (Span span : spans) {
      long change = span.delivery().change();
      boolean known = change == number || change == Delivery.SAVED;
      if (!known || !span.delivery().stateIn(number).isTerminal()) {
        return span.first();
      }
    }
    return window.end();
  }

  /** The write on its way succeeded or failed; nothing of a failed write is saved. */
  public void endWrite(boolean succeeded) {
    long number = runningWrite;
    runningWrite = 0;
    if (succeeded) {
      window.updateAll(delivery -> delivery.saved(number));
      advance();
    } else {
      unsaved = true;
      window.updateAll(delivery -> delivery.unsaved(number, openWrite));
    }
  }

  /** Passes everything at the start that is done with and saved. */
  private void advance() {
    for (Span span = window.from(window.start());
        span != null
            && span.delivery().state().isTerminal()
            && span.delivery().change() == Delivery.SAVED;
        span = window.from(window.start())) {
      window.advance(span.last() + 1);
    }
  }

  /** How many runs of offsets it remembers. */
  int runs() {
    return window.runs();
  }

  /** The state of delivery of an offset, for tests. */
  @Nullable Delivery delivery(long offset) {
    Span span = window.from(offset);
    return span == null || span.first() > offset ? null : span.delivery();
  }
}
