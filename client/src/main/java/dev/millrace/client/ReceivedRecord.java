package dev.millrace.client;

import dev.millrace.base.bytes.Bytes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record as it lies in its partition.
 *
 * @param timestampMs wall-clock milliseconds, -1 when it has none
 */
public record ReceivedRecord(
    TopicPartition partition,
    long offset,
    long timestampMs,
    @Nullable Bytes key,
    @Nullable Bytes value,
    List<Header> headers) {

  /** A header of a record. */
  public record Header(String key, @Nullable Bytes value) {}
}
