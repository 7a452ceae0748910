package dev.millrace.sim.cluster;

import dev.millrace.broker.AppliedMetadata;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.ImageDelta;
import dev.millrace.quorum.image.ImageListener;
import dev.millrace.replica.Partitions;
import org.jspecify.annotations.Nullable;

/** Up to where a node acts on the metadata, for those who were there before its partitions. */
final class Applied implements AppliedMetadata, ImageListener {
  private @Nullable Partitions partitions;
  private long offset = -1;

  void bind(Partitions opened) {
    partitions = opened;
  }

  long offset() {
    return offset;
  }

  @Override
  public void whenApplied(long wanted, Runnable then) {
    if (partitions == null) {
      then.run();
    } else {
      partitions.whenApplied(wanted, then);
    }
  }

  /** Heard after the partitions have. */
  @Override
  public void changed(ImageDelta delta, ClusterImage image) {
    whenApplied(image.offset(), () -> offset = Math.max(offset, image.offset()));
  }
}
