package dev.millrace.client.producer;

import dev.millrace.wire.records.RecordBatch;

/** Who numbers the records of an idempotent producer (KIP-98). */
record Identity(long id, short epoch) {
  /** The sequence {@code records} later; after the highest comes zero. */
  static int after(int sequence, int records) {
    return sequence == RecordBatch.NONE
        ? RecordBatch.NONE
        : (sequence + records) & Integer.MAX_VALUE;
  }

  /** Whether no epoch is left. */
  boolean isLast() {
    return epoch >= Short.MAX_VALUE - 1;
  }

  Identity next() {
    return new Identity(id, (short) (epoch + 1));
  }
}
