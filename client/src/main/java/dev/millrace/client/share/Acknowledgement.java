package dev.millrace.client.share;

/** What a program says about a record that it was given. */
public enum Acknowledgement {
  /** It is done: nobody gets it again. */
  ACCEPT(1),
  /** Somebody should try it again, until the group's limit of deliveries. */
  RELEASE(2),
  /** It can not be worked on: nobody gets it again. */
  REJECT(3),
  /**
   * It takes longer: the lock begins anew, and the record is still to be acknowledged (KIP-1222).
   */
  RENEW(4);

  /** An offset of which there is no record. */
  static final byte GAP = 0;

  private final byte type;

  Acknowledgement(int type) {
    this.type = (byte) type;
  }

  byte type() {
    return type;
  }
}
