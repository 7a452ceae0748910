package dev.millrace.broker.transaction;

/** Transaction versions (the feature {@code transaction.version}). */
final class TransactionVersions {
  /** Transactions share the epoch of their producer. */
  static final short SHARED_EPOCH = 0;

  /** Each transaction has an epoch of its own (KIP-890). */
  static final short EPOCH_PER_TRANSACTION = 2;

  private TransactionVersions() {}
}
