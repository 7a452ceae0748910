package dev.millrace.client.producer;

import org.jspecify.annotations.Nullable;

/**
 * Told what became of a record, in the order of the records of a partition. Called on the
 * producer's thread: it must not block, and a {@code send} from here fails instead of waiting for
 * memory.
 */
@FunctionalInterface
public interface Callback {
  /** Exactly one of the two is there. */
  void done(@Nullable Delivered delivered, @Nullable ProducerException fault);
}
