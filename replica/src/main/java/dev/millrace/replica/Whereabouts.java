package dev.millrace.replica;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.quorum.image.PartitionImage;

/**
 * Hears in which log directory a copy is when the cluster does not know it (KIP-858), or that it is
 * nowhere. Safe for any thread, and never waits.
 */
@FunctionalInterface
public interface Whereabouts {
  /** The copy is damaged: somebody else must lead, and it is made anew. */
  Uuid LOST = PartitionImage.DIRECTORY_LOST;

  /**
   * The latest word about a copy counts.
   *
   * @param directory id of the log directory, or {@link #LOST}
   */
  void tell(PartitionId partition, Uuid directory);
}
