package dev.millrace.coordinator.transaction;

import dev.millrace.wire.ErrorCode;
import java.util.List;
import java.util.function.Consumer;

/** Where the ends of transactions are written: the leaders of their partitions, here or there. */
@FunctionalInterface
public interface Markers {
  /**
   * Writes a marker to partitions.
   *
   * @param answers called once, on any thread, with an error for each partition in their order:
   *     {@link ErrorCode#NONE} when the marker is committed there; {@link
   *     ErrorCode#UNKNOWN_TOPIC_OR_PARTITION} when the partition is deleted; others are tried again
   */
  void write(Marker marker, List<PartitionName> partitions, Consumer<List<ErrorCode>> answers);

  /**
   * The end of a transaction.
   *
   * @param coordinatorEpoch leader epoch of the coordinator that decided it
   * @param version transaction version: from 2 on the epoch is above that of the records
   */
  record Marker(ProducerIdentity producer, boolean commit, int coordinatorEpoch, short version) {}
}
