package dev.millrace.log.journal;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.log.checkpoint.TopicPartition;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Which log an entry is of: a topic that is made anew under an old name has another id. */
public record LogKey(Uuid topicId, TopicPartition partition) {
  /** The topic's name as it is written. */
  byte[] topicBytes() {
    return partition.topic().getBytes(StandardCharsets.UTF_8);
  }

  // Both are written out for the sake of a quick start, as in Uuid.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof LogKey it
        && topicId.equals(it.topicId)
        && partition.equals(it.partition);
  }

  @Override
  public int hashCode() {
    return 31 * topicId.hashCode() + partition.hashCode();
  }
}
