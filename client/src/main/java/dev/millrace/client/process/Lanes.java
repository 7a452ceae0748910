package dev.millrace.client.process;

import dev.millrace.base.bytes.Bytes;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Runs work of one key in its order, one at a time, and of different keys side by side. Work
 * without a key has no order. Safe for any thread.
 */
final class Lanes {
  private final Executor threads;
  private final Map<Bytes, ArrayDeque<Runnable>> busy = new HashMap<>();

  Lanes(Executor threads) {
    this.threads = threads;
  }

  void run(@Nullable Bytes key, Runnable work) {
    if (key == null) {
      threads.execute(work);
      return;
    }
    synchronized (busy) {
      ArrayDeque<Runnable> waiting = busy.get(key);
      if (waiting != null) {
        waiting.add(work);
        return;
      }
      busy.put(key, new ArrayDeque<>());
    }
    threads.execute(() -> runAll(key, work));
  }

  private void runAll(Bytes key, Runnable first) {
    Runnable next = first;
    while (next != null) {
      try {
        next.run();
      } finally {
        next = after(key);
      }
    }
  }

  private @Nullable Runnable after(Bytes key) {
    synchronized (busy) {
      ArrayDeque<Runnable> waiting = busy.get(key);
      Runnable next = waiting == null ? null : waiting.poll();
      if (next == null) {
        busy.remove(key);
      }
      return next;
    }
  }
}
