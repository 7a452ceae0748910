package dev.millrace.broker.coordinator;

import dev.millrace.wire.ErrorCode;
import java.util.function.Consumer;

/** A kind of coordinator that clients can look for. */
public interface CoordinatorKind {
  /** Its number in FindCoordinator: 0 groups, 1 transactions, 2 share groups. */
  byte id();

  CoordinatorTopic topic();

  /** The partition of the topic to which a key belongs. */
  int partitionOf(String key);

  /**
   * Calls {@code ready} when a partition that this node leads is loaded, or with the error why it
   * never will be.
   */
  void whenLoaded(int partition, Consumer<ErrorCode> ready);
}
