package dev.millrace.log;

/** Who wants to append, which decides what is checked. */
public enum AppendOrigin {
  /** A client: sequences, epochs and duplicates are checked. */
  CLIENT,
  /**
   * A client whose transactions have an epoch each (KIP-890): as {@link #CLIENT}, and the first
   * batch of a transaction that a partition hears of has sequence 0.
   */
  BUMPING_CLIENT,
  /** A coordinator or the controller of this node: its producer epochs are checked. */
  COORDINATOR,
  /**
   * The coordinator of transactions that have an epoch each (KIP-890): as {@link #COORDINATOR}, and
   * the epoch of a marker is above that of the records of its transaction.
   */
  BUMPING_COORDINATOR
}
