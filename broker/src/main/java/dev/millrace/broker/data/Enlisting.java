package dev.millrace.broker.data;

import dev.millrace.coordinator.transaction.Participation;
import dev.millrace.wire.ErrorCode;
import java.util.List;
import java.util.function.Consumer;

/**
 * Asks the coordinator of a producer's transaction, on whichever node it is, before a partition
 * lets the first batch of the transaction in (KIP-890). Safe for any thread.
 */
@FunctionalInterface
public interface Enlisting {
  /**
   * @param request transaction version 2 and up makes the partitions part of the transaction;
   *     below, they must be part of it already
   * @param answer called once, on any thread, with an error for each partition in their order:
   *     {@link ErrorCode#NONE}; INVALID_PRODUCER_ID_MAPPING, PRODUCER_FENCED or
   *     TRANSACTION_ABORTABLE when the producer has no such transaction; what else there is can be
   *     tried again
   */
  void enlist(Participation request, Consumer<List<ErrorCode>> answer);
}
