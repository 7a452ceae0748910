package dev.millrace.client.producer;

import dev.millrace.client.TopicPartition;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/** The partitions of one topic as programs write to them. Safe for any thread. */
final class Lanes implements IntUnaryOperator {
  final Sticky sticky;
  private final String topic;
  private final Gathering.Making making;
  private volatile @Nullable Gathering[] gatherings = new @Nullable Gathering[0];

  Lanes(String topic, Sticky sticky, Gathering.Making making) {
    this.topic = topic;
    this.making = making;
    this.sticky = sticky;
  }

  /** Where records of a partition gather. */
  Gathering at(int partition) {
    Gathering known = known(partition);
    return known == null ? make(partition) : known;
  }

  /** How many batches of a partition wait. */
  @Override
  public int applyAsInt(int partition) {
    Gathering known = known(partition);
    return known == null ? 0 : known.queued();
  }

  private @Nullable Gathering known(int partition) {
    @Nullable Gathering[] now = gatherings;
    return partition < now.length ? now[partition] : null;
  }

  private synchronized Gathering make(int partition) {
    Gathering known = known(partition);
    if (known != null) {
      return known;
    }
    @Nullable Gathering[] more =
        Arrays.copyOf(gatherings, Math.max(gatherings.length, partition + 1));
    Gathering made = new Gathering(new TopicPartition(topic, partition), making);
    more[partition] = made;
    gatherings = more;
    return made;
  }
}
