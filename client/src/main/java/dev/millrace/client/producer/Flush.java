package dev.millrace.client.producer;

import java.util.concurrent.CompletableFuture;

/** Batches whose fates somebody waits for. In turns. */
final class Flush {
  final CompletableFuture<Void> done = new CompletableFuture<>();
  private int open = 1;

  /** One more is waited for. */
  void await() {
    open++;
  }

  /** One of them has its fate, or nothing more is added. */
  void told() {
    if (--open == 0) {
      done.complete(null);
    }
  }
}
