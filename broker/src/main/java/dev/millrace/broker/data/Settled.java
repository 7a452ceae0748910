package dev.millrace.broker.data;

import dev.millrace.replica.Partition;
import dev.millrace.wire.ErrorCode;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A moment at which everything that was appended to some partitions before it was asked for can be
 * read: what a producer was told with acks=1 is then there for whoever asks for the latest offset.
 * The wait is that of the sync under way; with one that failed, or a leadership that ended, it is
 * over as well, and the partition tells why when it is asked.
 */
final class Settled {
  private final AtomicInteger open;
  private final Runnable then;

  private Settled(int count, Runnable then) {
    this.open = new AtomicInteger(count);
    this.then = then;
  }

  /** Runs {@code then} at that moment: at once, or on the thread that moves a high watermark. */
  static void await(List<Partition> partitions, Runnable then) {
    Settled settled = new Settled(partitions.size() + 1, then);
    for (Partition partition : partitions) {
      partition.whenSynced(settled::one);
    }
    settled.one(ErrorCode.NONE);
  }

  private void one(ErrorCode ignored) {
    if (open.decrementAndGet() == 0) {
      then.run();
    }
  }
}
