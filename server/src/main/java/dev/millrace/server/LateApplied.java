package dev.millrace.server;

import dev.millrace.broker.AppliedMetadata;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.ImageDelta;
import dev.millrace.quorum.image.ImageListener;
import dev.millrace.replica.Partitions;
import org.jspecify.annotations.Nullable;

/**
 * Up to where this node acts on the metadata, for those who were there before its partitions. Safe
 * for any thread.
 */
final class LateApplied implements AppliedMetadata, ImageListener {
  private volatile @Nullable Partitions partitions;
  private volatile long offset = -1;

  /** These are the partitions. */
  void bind(Partitions opened) {
    partitions = opened;
  }

  /** The offset of the metadata that the node acts on; -1 before there is one. */
  long offset() {
    return offset;
  }

  @Override
  public void whenApplied(long wanted, Runnable then) {
    Partitions bound = partitions;
    if (bound == null) {
      then.run();
    } else {
      bound.whenApplied(wanted, then);
    }
  }

  /** Heard after the partitions have. */
  @Override
  public void changed(ImageDelta delta, ClusterImage image) {
    whenApplied(image.offset(), () -> offset = Math.max(offset, image.offset()));
  }
}
