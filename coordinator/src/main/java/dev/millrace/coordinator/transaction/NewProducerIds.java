package dev.millrace.coordinator.transaction;

import dev.millrace.wire.ErrorCode;

/** Where producer ids come from: each is given once in the life of the cluster. */
@FunctionalInterface
public interface NewProducerIds {
  /** Asks for an id; {@code answer} is called once, on any thread. */
  void next(Answer answer);

  /** Takes an id, which is −1 with an error. */
  @FunctionalInterface
  interface Answer {
    void take(ErrorCode error, long producerId);
  }
}
