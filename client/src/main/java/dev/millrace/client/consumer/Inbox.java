package dev.millrace.client.consumer;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What the owner has for the polling thread. Faults come first, then rebalances in their order,
 * then chunks that are not paused, then a word that one should wake up. Safe for any thread.
 */
final class Inbox {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ArrayDeque<ConsumerException> faults = new ArrayDeque<>();
  private final ArrayDeque<Rebalance> rebalances = new ArrayDeque<>();
  private final ArrayDeque<Chunk> chunks = new ArrayDeque<>();
  private boolean woken;

  /** One thing. */
  sealed interface Item {}

  /** Records. */
  record Fetched(Chunk chunk) implements Item {}

  /** A rebalance whose listener is to be run. */
  record Changed(Rebalance rebalance) implements Item {}

  /** Something that the program has to know. */
  record Failed(ConsumerException fault) implements Item {}

  /** Time is over. */
  record Nothing() implements Item {}

  void add(Chunk chunk) {
    locked(() -> chunks.add(chunk));
  }

  void add(Rebalance rebalance) {
    locked(() -> rebalances.add(rebalance));
  }

  void add(ConsumerException fault) {
    locked(() -> faults.add(fault));
  }

  /** Ends the wait of now, or the next one, with {@link ConsumerException.Woken}. */
  void wake() {
    locked(() -> woken = true);
  }

  /** Looks again: what is paused has changed. */
  void look() {
    locked(() -> {});
  }

  /** Takes more records if they are next: what was taken is handed out before anything else. */
  @Nullable Chunk takeMore() {
    lock.lock();
    try {
      boolean isUrgent = woken || !faults.isEmpty() || !rebalances.isEmpty();
      return isUrgent ? null : nextChunk();
    } finally {
      lock.unlock();
    }
  }

  /** Takes the next thing, waiting for it. */
  Item take(long timeoutNanos) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long leftNanos = timeoutNanos;
      while (true) {
        Item next = next();
        if (next != null) {
          return next;
        }
        if (leftNanos <= 0) {
          return new Nothing();
        }
        leftNanos = changed.awaitNanos(leftNanos);
      }
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Item next() {
    if (woken) {
      woken = false;
      return new Failed(new ConsumerException.Woken());
    }
    if (!faults.isEmpty()) {
      return new Failed(faults.remove());
    }
    if (!rebalances.isEmpty()) {
      return new Changed(rebalances.remove());
    }
    Chunk chunk = nextChunk();
    return chunk == null ? null : new Fetched(chunk);
  }

  private @Nullable Chunk nextChunk() {
    for (Iterator<Chunk> each = chunks.iterator(); each.hasNext(); ) {
      Chunk chunk = each.next();
      if (!chunk.isCurrent()) {
        each.remove();
        chunk.close();
      } else if (!chunk.held.isPaused && !chunk.held.isLeaving) {
        each.remove();
        return chunk;
      }
    }
    return null;
  }

  /** Puts back what was taken and not used up; it comes first again. */
  void putBack(Chunk chunk) {
    locked(() -> chunks.addFirst(chunk));
  }

  /** Takes all rebalances that wait: nobody polls any more. */
  List<Rebalance> takeRebalances() {
    lock.lock();
    try {
      List<Rebalance> taken = new ArrayList<>(rebalances);
      rebalances.clear();
      return taken;
    } finally {
      lock.unlock();
    }
  }

  private void locked(Runnable change) {
    lock.lock();
    try {
      change.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
