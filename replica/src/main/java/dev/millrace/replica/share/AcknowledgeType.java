package dev.millrace.replica.share;

import org.jspecify.annotations.Nullable;

/** What a member says of a record that it has, in the order of the numbers in requests. */
public enum AcknowledgeType {
  /** There is no record at the offset. */
  GAP,
  /** It is processed. */
  ACCEPT,
  /** It is to be delivered again. */
  RELEASE,
  /** It can't be processed and is not to be delivered again. */
  REJECT,
  /** It takes longer: the lock starts anew (KIP-1222). */
  RENEW;

  private static final AcknowledgeType[] ALL = values();

  /** The type of a number, or null. */
  public static @Nullable AcknowledgeType of(byte id) {
    return id >= 0 && id < ALL.length ? ALL[id] : null;
  }
}
