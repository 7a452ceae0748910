package dev.millrace.replica;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.wire.ErrorCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All partitions of which this node has a copy. */
public final class Partitions {
  Partitions() {}

  public @Nullable Partition find(String topic, int index) {
    return null;
  }

  public @Nullable Partition find(Uuid topicId, int index) {
    return null;
  }

  public List<DirectoryReport> directories() {
    return List.of();
  }

  public ErrorCode whyAbsent(String topic, int index) {
    return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
  }

  public ErrorCode whyAbsent(Uuid topicId, int index) {
    return ErrorCode.UNKNOWN_TOPIC_ID;
  }
}
