package dev.millrace.client.producer;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What becomes of one record. */
final class Fate extends CompletableFuture<Delivered> {
  private static final System.Logger LOG = System.getLogger("dev.millrace.client.producer");

  private final long timestampMs;
  private final @Nullable Callback callback;

  Fate(long timestampMs, @Nullable Callback callback) {
    this.timestampMs = timestampMs;
    this.callback = callback;
  }

  long timestampMs() {
    return timestampMs;
  }

  void delivered(Delivered delivered) {
    tell(delivered, null);
    complete(delivered);
  }

  void failed(ProducerException fault) {
    tell(null, fault);
    completeExceptionally(fault);
  }

  private void tell(@Nullable Delivered delivered, @Nullable ProducerException fault) {
    if (callback != null) {
      try {
        callback.done(delivered, fault);
      } catch (RuntimeException e) {
        LOG.log(System.Logger.Level.ERROR, "callback of a sent record failed", e);
      }
    }
  }
}
