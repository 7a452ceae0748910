package dev.millrace.replica.share;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One hand-out of records to a member. Batches come in the order of the log; each is taken whole
 * unless the query is strict, some of it is in other hands, or its records were delivered so often
 * that they go out in small portions.
 */
final class Acquisition {
  private final Window window;
  private final ShareLimits limits;
  private final ShareQuery query;
  private final String member;
  private final long dueMs;
  private final List<AcquiredRecords> acquired = new ArrayList<>();
  private @Nullable AcquiredRecords run;
  private long count;
  private boolean full;

  Acquisition(Window window, ShareLimits limits, ShareQuery query, String member, long nowMs) {
    this.window = window;
    this.limits = limits;
    this.query = query;
    this.member = member;
    this.dueMs = nowMs + limits.lockMs();
  }

  /** What was acquired, in order. */
  List<AcquiredRecords> acquired() {
    endRun();
    return acquired;
  }

  /** Whether nothing more may be acquired. */
  boolean isFull() {
    return full || count >= query.recordsMax();
  }

  /** Whether the window takes offsets behind its end. */
  boolean mayExtend() {
    return window.size() < limits.locksMax();
  }

  /** Acquires what is available between two offsets that lie inside the window. */
  void take(long first, long last) {
    for (Span span : window.between(first, last)) {
      if (full || (query.strict() && isFull())) {
        break;
      }
      if (span.delivery().isAvailable()) {
        take(span);
      }
    }
    if (run != null && run.count() >= query.runLength()) {
      endRun();
    }
  }

  private void take(Span span) {
    int before = span.delivery().count();
    Span whole = window.from(span.first());
    long available = whole == null ? span.count() : whole.count();
    long portion = Math.min(span.count(), limits.portion(available, before));
    boolean cautious = before >= limits.cautiousFrom();
    if (cautious && count > 0) {
      full = true;
      return;
    }
    if (query.strict()) {
      portion = Math.min(portion, query.recordsMax() - count);
    }
    long last = span.first() + portion - 1;
    window.update(span.first(), last, delivery -> delivery.acquired(member, dueMs));
    add(new AcquiredRecords(span.first(), last, before + 1));
    full |= cautious;
  }

  private void add(AcquiredRecords next) {
    count += next.count();
    if (run != null
        && run.last() + 1 == next.first()
        && run.deliveryCount() == next.deliveryCount()) {
      run = new AcquiredRecords(run.first(), next.last(), run.deliveryCount());
    } else {
      endRun();
      run = next;
    }
  }

  private void endRun() {
    if (run != null) {
      acquired.add(run);
      run = null;
    }
  }
}
