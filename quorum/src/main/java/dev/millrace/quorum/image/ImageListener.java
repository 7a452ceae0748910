package dev.millrace.quorum.image;

/** Hears of committed changes, in order. */
@FunctionalInterface
public interface ImageListener {
  /**
   * Called in a turn of the quorum's owner after {@code image} was published; must not block.
   *
   * @param delta what changed since the image that was heard of before
   */
  void changed(ImageDelta delta, ClusterImage image);
}
