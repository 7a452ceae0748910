package dev.millrace.coordinator;

import dev.millrace.base.bytes.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * One record of an internal topic.
 *
 * @param value null deletes the key
 */
public record KeyValue(Bytes key, @Nullable Bytes value) {
  /** The most that a record takes in a batch beside its key and value, bytes. */
  public static final int OVERHEAD_BYTES_MAX = 21;

  /** The most that this record can take in a batch, bytes. */
  public int sizeMax() {
    return OVERHEAD_BYTES_MAX + key.size() + (value == null ? 0 : value.size());
  }
}
