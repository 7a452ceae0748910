package dev.millrace.coordinator.transaction;

import dev.millrace.wire.ErrorCode;

/** What the rules say to a request. */
sealed interface Verdict {
  /**
   * Write this; when it is committed, tell the client who it is now.
   *
   * @param lastEpoch the epoch that a repeated request may still carry, or −1
   */
  record Write(Transaction next, ProducerIdentity told, short lastEpoch) implements Verdict {}

  /** Write the abort of the producer's transaction; then look again. */
  record Fence(Transaction next) implements Verdict {}

  /** Nothing to write. */
  record Done(ProducerIdentity told) implements Verdict {}

  /** No. */
  record Refused(ErrorCode error) implements Verdict {}

  /** Markers are on their way: look again when they are written. */
  record Busy() implements Verdict {}

  /** Look again with a new producer id. */
  record NeedsProducerId() implements Verdict {}

  static Verdict refused(ErrorCode error) {
    return new Refused(error);
  }
}
