package dev.millrace.coordinator;

import dev.millrace.wire.ErrorCode;
import java.util.function.Consumer;

/**
 * What coordinators of all kinds have in common: they live on the partitions of an internal topic
 * that their node leads. Safe for any thread.
 */
public interface Coordinator {
  /** The partition of the topic on which a key lives. */
  int partitionOf(String key);

  /** This node leads a partition: what is on it is loaded from {@code log}. */
  void elected(int partition, int leaderEpoch, CoordinatorLog log);

  /** This node no longer leads a partition, since before {@code leaderEpoch}. */
  void resigned(int partition, int leaderEpoch);

  /**
   * Calls {@code ready} when a partition that this node leads is loaded, or with the error why it
   * never will be.
   */
  void whenLoaded(int partition, Consumer<ErrorCode> ready);

  /** Gives up all partitions: who waits is sent to look for the next coordinator. */
  void close();
}
