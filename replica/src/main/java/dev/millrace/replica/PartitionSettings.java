package dev.millrace.replica;

import dev.millrace.base.settings.BrokerSettings;
import dev.millrace.base.settings.TopicSettings;
import dev.millrace.log.FlushPolicy;
import dev.millrace.log.LogSettings;
import dev.millrace.log.LogSettings.Compacting;
import dev.millrace.log.LogSettings.Flush;
import dev.millrace.log.LogSettings.Retention;
import dev.millrace.log.LogSettings.SegmentSettings;
import dev.millrace.wire.compress.Codec;
import dev.millrace.wire.records.BatchRules;
import dev.millrace.wire.records.Recompression;
import dev.millrace.wire.records.TimestampRules;
import dev.millrace.wire.records.TimestampType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The effective settings of a topic, worked out for what its partitions do with them.
 *
 * @param rules what is demanded of batches
 * @param log what the log goes by
 * @param inSyncMin {@code min.insync.replicas}
 * @param deletable whether clients may delete records: the topic is not only compacted
 * @param throttled whose copying is kept to a rate while they are not in sync
 * @param schemas what records must be by the schema registry, null for anything
 */
public record PartitionSettings(
    BatchRules rules,
    LogSettings log,
    int inSyncMin,
    boolean deletable,
    Throttled throttled,
    @Nullable SchemaDemand schemas) {

  /**
   * Which copies are throttled.
   *
   * @param leader where they lead ({@code leader.replication.throttled.replicas})
   * @param follower where they follow ({@code follower.replication.throttled.replicas})
   */
  public record Throttled(ThrottledReplicas leader, ThrottledReplicas follower) {}

  /** Reads the settings of a topic on a broker. */
  public static PartitionSettings of(TopicSettings topic, BrokerSettings broker) {
    List<String> cleanup = topic.listValue("cleanup.policy");
    TimestampType type = timestampType(topic.stringValue("message.timestamp.type"));
    boolean isCompacted = cleanup.contains("compact");
    SegmentSettings segment = segment(topic, isCompacted);
    BatchRules rules =
        new BatchRules(
            topic.intValue("max.message.bytes"),
            segment.bytesMax(),
            new TimestampRules(
                type,
                topic.longValue("message.timestamp.before.max.ms"),
                topic.longValue("message.timestamp.after.max.ms")),
            isCompacted,
            recompression(topic),
            false);
    LogSettings log =
        new LogSettings(
            segment,
            retention(topic, cleanup.contains("delete")),
            type,
            flush(topic),
            broker.longValue("producer.id.expiration.ms"),
            compacting(topic, isCompacted));
    Throttled throttled =
        new Throttled(
            ThrottledReplicas.of(topic.listValue("leader.replication.throttled.replicas")),
            ThrottledReplicas.of(topic.listValue("follower.replication.throttled.replicas")));
    boolean deletable = cleanup.isEmpty() || cleanup.contains("delete");
    return new PartitionSettings(
        rules,
        log,
        topic.intValue("min.insync.replicas"),
        deletable,
        throttled,
        SchemaDemand.of(topic));
  }

  /** A record cannot be compacted as long as its segment is written to. */
  private static SegmentSettings segment(TopicSettings topic, boolean isCompacted) {
    long ageMs = topic.longValue("segment.ms");
    return new SegmentSettings(
        topic.intValue(
            topic.value("internal.segment.bytes") == null
                ? "segment.bytes"
                : "internal.segment.bytes"),
        isCompacted ? Math.min(ageMs, topic.longValue("max.compaction.lag.ms")) : ageMs,
        topic.longValue("segment.jitter.ms"),
        topic.intValue("index.interval.bytes"),
        topic.intValue("segment.index.bytes"));
  }

  private static Compacting compacting(TopicSettings topic, boolean isOn) {
    return new Compacting(
        isOn,
        topic.doubleValue("min.cleanable.dirty.ratio"),
        topic.longValue("min.compaction.lag.ms"),
        topic.longValue("max.compaction.lag.ms"),
        topic.longValue("delete.retention.ms"));
  }

  private static Retention retention(TopicSettings topic, boolean deletes) {
    return new Retention(
        topic.longValue("retention.ms"),
        topic.longValue("retention.bytes"),
        deletes,
        topic.longValue("file.delete.delay.ms"));
  }

  private static Flush flush(TopicSettings topic) {
    FlushPolicy policy =
        topic.stringValue("flush.policy").equals("memory") ? FlushPolicy.MEMORY : FlushPolicy.DISK;
    return new Flush(policy, topic.longValue("flush.messages"), topic.longValue("flush.ms"));
  }

  private static TimestampType timestampType(String name) {
    return name.equals("LogAppendTime") ? TimestampType.LOG_APPEND_TIME : TimestampType.CREATE_TIME;
  }

  private static @Nullable Recompression recompression(TopicSettings topic) {
    return switch (topic.stringValue("compression.type")) {
      case "uncompressed" -> Recompression.to(Codec.NONE);
      case "gzip" -> new Recompression(Codec.GZIP, topic.intValue("compression.gzip.level"));
      case "snappy" -> Recompression.to(Codec.SNAPPY);
      case "lz4" -> new Recompression(Codec.LZ4, topic.intValue("compression.lz4.level"));
      case "zstd" -> new Recompression(Codec.ZSTD, topic.intValue("compression.zstd.level"));
      default -> null;
    };
  }
}
