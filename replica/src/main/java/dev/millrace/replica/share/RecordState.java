package dev.millrace.replica.share;

import org.jspecify.annotations.Nullable;

/** What became of the delivery of a record to a group. */
public enum RecordState {
  /** Nobody has it: it is delivered to whoever asks next. */
  AVAILABLE(0),
  /** A member has it, until its lock runs out. Never saved. */
  ACQUIRED(1),
  /** A member has processed it. */
  ACKNOWLEDGED(2),
  /** A member gave it up, and it is yet to be written to the dead-letter queue (KIP-1191). */
  ARCHIVING_REJECTED(3),
  /** It was tried too often, and is yet to be written to the dead-letter queue (KIP-1191). */
  ARCHIVING_EXHAUSTED(3),
  /** It is not delivered any more: rejected, tried too often, or no record of the topic's users. */
  ARCHIVED(4);

  private final byte id;

  RecordState(int id) {
    this.id = (byte) id;
  }

  /** The number in requests and records. */
  public byte id() {
    return id;
  }

  /** Whether delivery is complete. */
  public boolean isTerminal() {
    return this == ACKNOWLEDGED || this == ARCHIVED;
  }

  /** Whether it is on its way to the dead-letter queue. */
  public boolean isArchiving() {
    return this == ARCHIVING_REJECTED || this == ARCHIVING_EXHAUSTED;
  }

  /**
   * The state that may be saved as {@code id}, or null.
   *
   * @param exhausted whether it was delivered as often as it may be: why a record is on its way to
   *     the dead-letter queue is not saved
   */
  public static @Nullable RecordState saved(byte id, boolean exhausted) {
    return switch (id) {
      case 0 -> AVAILABLE;
      case 2 -> ACKNOWLEDGED;
      case 3 -> exhausted ? ARCHIVING_EXHAUSTED : ARCHIVING_REJECTED;
      case 4 -> ARCHIVED;
      default -> null;
    };
  }
}
