package dev.millrace.coordinator.group;

import dev.millrace.wire.ErrorCode;
import java.util.function.Consumer;

/**
 * Asks the coordinator of a producer's transaction whether a partition of {@code
 * __consumer_offsets} is part of it, or makes it so. Called in turns of the partition's owner.
 */
public interface Enlistment {
  /**
   * @param answer called once, on any thread, with {@link ErrorCode#NONE} when the partition is
   *     part of the transaction, or with what the client is to be told
   */
  void enlist(int partition, Consumer<ErrorCode> answer);

  /**
   * Whether the transaction has an epoch of its own (KIP-890): then what comes behind its marker is
   * refused by the log, and the marker of the transaction before may come meanwhile.
   */
  boolean isOfOwnEpoch();
}
