package dev.millrace.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.base.settings.Setting;
import dev.millrace.base.settings.SettingTable;
import dev.millrace.base.settings.Support;
import dev.millrace.log.AppendOrigin;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.compress.Codec;
import dev.millrace.wire.records.BatchBuilder;
import dev.millrace.wire.records.BatchCheck;
import dev.millrace.wire.records.BatchVerdict;
import dev.millrace.wire.records.RecordBatch;
import dev.millrace.wire.records.TimestampType;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Every topic setting that concerns a log takes effect while the partition is in use. */
class LiveSettingsTest {
  private static final int KIB = 1024;

  private final World world =
      new World(23, "/data")
          .with("log.retention.check.interval.ms", "1000")
          .with("log.cleaner.backoff.ms", "500")
          .with("log.cleaner.min.cleanable.ratio", "0")
          .start();
  private Partition partition = create();

  private Partition create() {
    world.createTopic("live", 1);
    return world.partition("live", 0);
  }

  private void set(String name, String value) {
    world.commit(World.setting("live", name, value));
    world.applied();
  }

  private ByteBuffer record(String key, int bytes, long timestampMs) {
    byte[] value = new byte[bytes];
    world.owners.random("value").nextBytes(value);
    return BatchBuilder.from(0).append(timestampMs, Bytes.utf8(key), Bytes.copyOf(value)).build();
  }

  private RecordBatch append(String key, int bytes) {
    return append(record(key, bytes, world.owners.clock().wallMs()));
  }

  private RecordBatch append(ByteBuffer bytes) {
    RecordBatch batch = RecordBatch.at(bytes);
    assertThat(partition.append(batch, AppendOrigin.CLIENT, true))
        .isInstanceOf(AppendOutcome.Appended.class);
    world.owners.runMs(5);
    return batch;
  }

  /** What the front desk does with a client's batch. */
  private BatchVerdict check(ByteBuffer batch) {
    long now = world.owners.clock().wallMs();
    return BatchCheck.check(batch, partition.batchRules(), (short) 9, now);
  }

  private ErrorCode refusal(ByteBuffer batch) {
    return check(batch) instanceof BatchVerdict.Refused refused ? refused.error() : ErrorCode.NONE;
  }

  private Codec codecOf(ByteBuffer batch) {
    return ((BatchVerdict.Accepted) check(batch)).batch().codec();
  }

  private int segments() {
    return partition.log().segmentCount();
  }

  private List<String> files() {
    return world.disk.list(Path.of("/data/live-0"));
  }

  private long now() {
    return world.owners.clock().wallMs();
  }

  // ---- what clients may send

  @Test
  void compressionType() {
    assertThat(codecOf(record("k", 100, now()))).isEqualTo(Codec.NONE);
    for (String name : List.of("gzip", "snappy", "lz4", "zstd", "uncompressed")) {
      set("compression.type", name);
      Codec expected = name.equals("uncompressed") ? Codec.NONE : codec(name);
      assertThat(codecOf(record("k", 100, now()))).isEqualTo(expected);
      ByteBuffer zstd =
          BatchBuilder.from(0)
              .compressed(Codec.ZSTD)
              .append(now(), Bytes.utf8("k"), Bytes.utf8("v"))
              .build();
      assertThat(codecOf(zstd)).isEqualTo(expected);
    }
    set("compression.type", "producer");
    assertThat(codecOf(record("k", 100, now()))).isEqualTo(Codec.NONE);
  }

  private static Codec codec(String name) {
    return Codec.valueOf(name.toUpperCase(java.util.Locale.ROOT));
  }

  @Test
  void compressionLevels() {
    for (String[] one :
        new String[][] {{"gzip", "1", "9"}, {"lz4", "1", "17"}, {"zstd", "-50", "19"}}) {
      set("compression.type", one[0]);
      set("compression." + one[0] + ".level", one[1]);
      int quick = compressedBytes();
      set("compression." + one[0] + ".level", one[2]);
      assertThat(compressedBytes()).as(one[0]).isLessThan(quick);
    }
  }

  private int compressedBytes() {
    BatchBuilder builder = BatchBuilder.from(0);
    for (int i = 0; i < 400; i++) {
      builder.append(now(), Bytes.utf8("user-" + i * 31 % 97), Bytes.utf8("{\"visits\": " + i * i));
    }
    return ((BatchVerdict.Accepted) check(builder.build())).batch().sizeBytes();
  }

  @Test
  void maxMessageBytes() {
    assertThat(refusal(record("k", 2000, now()))).isEqualTo(ErrorCode.NONE);
    set("max.message.bytes", "1000");
    assertThat(refusal(record("k", 2000, now()))).isEqualTo(ErrorCode.MESSAGE_TOO_LARGE);
    assertThat(refusal(record("k", 500, now()))).isEqualTo(ErrorCode.NONE);
  }

  @Test
  void timestampLimits() {
    set("message.timestamp.after.max.ms", "1000");
    assertThat(refusal(record("k", 1, now() + 900))).isEqualTo(ErrorCode.NONE);
    assertThat(refusal(record("k", 1, now() + 1100))).isEqualTo(ErrorCode.INVALID_TIMESTAMP);
    assertThat(refusal(record("k", 1, 1))).isEqualTo(ErrorCode.NONE);
    set("message.timestamp.before.max.ms", "1000");
    assertThat(refusal(record("k", 1, now() - 1100))).isEqualTo(ErrorCode.INVALID_TIMESTAMP);
    assertThat(refusal(record("k", 1, now() - 900))).isEqualTo(ErrorCode.NONE);
    assertThat(refusal(record("k", 1, -1))).isEqualTo(ErrorCode.NONE);
  }

  @Test
  void timestampType() {
    assertThat(append(record("k", 1, 5)).timestampType()).isEqualTo(TimestampType.CREATE_TIME);
    set("message.timestamp.type", "LogAppendTime");
    RecordBatch stamped = append(record("k", 1, 5));
    assertThat(stamped.timestampType()).isEqualTo(TimestampType.LOG_APPEND_TIME);
    assertThat(stamped.maxTimestamp()).isGreaterThan(5);
    set("message.timestamp.type", "CreateTime");
    assertThat(append(record("k", 1, 5)).maxTimestamp()).isEqualTo(5);
  }

  @Test
  void keysAreAskedForOnceTheTopicIsCompacted() {
    ByteBuffer keyless = BatchBuilder.from(0).append(now(), null, Bytes.utf8("v")).build();
    assertThat(refusal(keyless.duplicate())).isEqualTo(ErrorCode.NONE);
    set("cleanup.policy", "compact,delete");
    BatchVerdict verdict = check(keyless);
    assertThat(verdict).isInstanceOf(BatchVerdict.Refused.class);
    BatchVerdict.Refused refused = (BatchVerdict.Refused) verdict;
    assertThat(refused.error()).isEqualTo(ErrorCode.INVALID_RECORD);
    assertThat(refused.records()).hasSize(1);
  }

  // ---- segments

  @Test
  void segmentBytes() {
    for (int i = 0; i < 12; i++) {
      append("k", 100 * KIB);
    }
    assertThat(segments()).isEqualTo(1);
    set("segment.bytes", "1048576");
    append("k", 100 * KIB);
    assertThat(segments()).isEqualTo(2);
  }

  /** Smaller than what operators may choose, as Apache's own tests want segments. */
  @Test
  void internalSegmentBytes() {
    append("k", 10 * KIB);
    set("internal.segment.bytes", "1000");
    append("k", 100);
    assertThat(segments()).isEqualTo(2);
  }

  @Test
  void segmentMs() {
    append("k", 1);
    world.owners.runMs(5_000);
    append("k", 1);
    assertThat(segments()).isEqualTo(1);
    set("segment.ms", "1000");
    append("k", 1);
    assertThat(segments()).isEqualTo(2);
    world.owners.runMs(900);
    append("k", 1);
    assertThat(segments()).isEqualTo(2);
    // a part of the age that is the same for this partition always
    set("segment.jitter.ms", "1000");
    append("k", 1);
    assertThat(segments()).isBetween(2, 3);
    world.owners.runMs(1_100);
    int before = segments();
    append("k", 1);
    assertThat(segments()).isEqualTo(before + 1);
  }

  @Test
  void maxCompactionLagEndsSegmentsOfACompactedTopic() {
    set("cleanup.policy", "compact");
    append("k", 1);
    world.owners.runMs(5_000);
    append("k", 1);
    assertThat(segments()).isEqualTo(1);
    set("max.compaction.lag.ms", "1000");
    append("k", 1);
    assertThat(segments()).isEqualTo(2);
  }

  @Test
  void indexSettings() {
    for (int i = 0; i < 20; i++) {
      append("k", 1000);
    }
    int few = partition.log().indexEntries();
    set("index.interval.bytes", "0");
    for (int i = 0; i < 20; i++) {
      append("k", 1000);
    }
    assertThat(partition.log().indexEntries()).isGreaterThanOrEqualTo(few + 19);
    assertThat(segments()).isEqualTo(1);
    set("segment.index.bytes", "100");
    append("k", 1000);
    assertThat(segments()).isEqualTo(2);
  }

  // ---- retention

  @Test
  void retentionMs() {
    append("k", 1);
    world.owners.runMs(10_000);
    assertThat(partition.bounds().logStartOffset()).isZero();
    set("retention.ms", "5000");
    world.owners.runMs(40_000);
    assertThat(partition.bounds().logStartOffset()).isEqualTo(1);
    set("retention.ms", "-1");
    append("k", 1);
    world.owners.runMs(100_000);
    assertThat(partition.bounds().logStartOffset()).isEqualTo(1);
  }

  @Test
  void recordsOfTheFutureKeepTheirSegment() {
    set("retention.ms", "1000");
    append(record("k", 1, now() + 60_000));
    append(record("k", 1, 1));
    world.owners.runMs(50_000);
    assertThat(partition.bounds().logStartOffset()).isZero();
    world.owners.runMs(60_000);
    assertThat(partition.bounds().logStartOffset()).isEqualTo(2);
  }

  @Test
  void retentionBytes() {
    set("segment.bytes", "1048576");
    for (int i = 0; i < 40; i++) {
      append("k", 100 * KIB);
    }
    world.owners.runMs(40_000);
    assertThat(partition.bounds().logStartOffset()).isZero();
    set("retention.bytes", "2000000");
    world.owners.runMs(40_000);
    assertThat(partition.bounds().logStartOffset()).isPositive();
    assertThat(partition.sizeBytes()).isBetween(2_000_000L, 3_100_000L);
  }

  @Test
  void noPolicyKeepsAll() {
    set("retention.ms", "1000");
    set("cleanup.policy", "");
    append("k", 1);
    world.owners.runMs(60_000);
    assertThat(partition.bounds().logStartOffset()).isZero();
    set("cleanup.policy", "delete");
    world.owners.runMs(60_000);
    assertThat(partition.bounds().logStartOffset()).isEqualTo(1);
  }

  @Test
  void bothPoliciesTogether() {
    Cleaner cleaner =
        new Cleaner(
            world.partitions,
            world.machine.owner("keeper-2"),
            index -> world.machine.owner("cleaner-" + index),
            world.owners.clock(),
            world.owners.random("secrets"));
    set("cleanup.policy", "compact,delete");
    set("segment.ms", "1000");
    set("retention.ms", "100000");
    for (int i = 0; i < 20; i++) {
      append("k", 10);
      world.owners.runMs(500);
    }
    world.owners.runMs(20_000);
    assertThat(cleaner.numbers().compactions()).isPositive();
    assertThat(World.values(partition, 0).size()).isLessThan(6);
    assertThat(partition.bounds().logStartOffset()).isZero();
    world.owners.runMs(200_000);
    assertThat(partition.bounds().logStartOffset()).isEqualTo(20);
  }

  @Test
  void fileDeleteDelayMs() {
    set("file.delete.delay.ms", "20000");
    set("retention.ms", "1000");
    append("k", 1);
    world.owners.runUntil(() -> partition.bounds().logStartOffset() == 1, 60_000);
    world.owners.runMs(19_000);
    assertThat(files()).anyMatch(name -> name.endsWith(".deleted"));
    world.owners.runMs(2_000);
    assertThat(files()).noneMatch(name -> name.endsWith(".deleted"));
    set("file.delete.delay.ms", "0");
    append("k", 1);
    world.owners.runUntil(() -> partition.bounds().logStartOffset() == 2, 60_000);
    world.owners.runMs(10);
    assertThat(files()).noneMatch(name -> name.endsWith(".deleted"));
  }

  // ---- durability

  @Test
  void flushSettings() {
    set("flush.policy", "memory");
    append("k", 1);
    world.owners.runMs(1000);
    long flushed = partition.log().flushedEnd();
    append("k", 1);
    world.owners.runMs(1000);
    assertThat(partition.log().flushedEnd()).isEqualTo(flushed);
    assertThat(partition.bounds().highWatermark()).isEqualTo(2);
    set("flush.messages", "1");
    append("k", 1);
    world.owners.runMs(10);
    assertThat(partition.log().flushedEnd()).isEqualTo(3);
    set("flush.messages", "1000000");
    set("flush.ms", "500");
    world.owners.runMs(600);
    append("k", 1);
    world.owners.runMs(10);
    assertThat(partition.log().flushedEnd()).isEqualTo(4);
    set("flush.ms", "1000000");
    append("k", 1);
    set("flush.policy", "disk");
    world.owners.runMs(10);
    assertThat(partition.log().flushedEnd()).isEqualTo(5);
  }

  /** A new setting that is honoured gets a test here, or is named as one of another room. */
  @Test
  void everySettingThatIsHonouredIsTried() {
    Set<String> tried =
        Set.of(
            "cleanup.policy",
            "compression.gzip.level",
            "compression.lz4.level",
            "compression.type",
            "compression.zstd.level",
            "file.delete.delay.ms",
            "flush.policy",
            "index.interval.bytes",
            "internal.segment.bytes",
            "max.compaction.lag.ms",
            "max.message.bytes",
            "message.timestamp.after.max.ms",
            "message.timestamp.before.max.ms",
            "message.timestamp.type",
            "retention.bytes",
            "retention.ms",
            "segment.bytes",
            "segment.index.bytes",
            "segment.jitter.ms",
            "segment.ms");
    Set<String> triedByOthers =
        Set.of(
            "confluent.key.schema.validation",
            "confluent.key.subject.name.strategy",
            "confluent.value.schema.validation",
            "confluent.value.subject.name.strategy",
            "delete.retention.ms",
            "errors.deadletterqueue.group.enable",
            "follower.replication.throttled.replicas",
            "leader.replication.throttled.replicas",
            "min.cleanable.dirty.ratio",
            "min.compaction.lag.ms",
            "millrace.schema.key.subject",
            "millrace.schema.key.validation",
            "millrace.schema.value.subject",
            "millrace.schema.value.validation",
            "min.insync.replicas",
            "unclean.leader.election.enable");
    Set<String> known = new TreeSet<>(tried);
    known.addAll(triedByOthers);
    List<String> honoured = new ArrayList<>();
    for (Setting setting : SettingTable.topic().all()) {
      if (setting.support() == Support.HONOURED) {
        honoured.add(setting.name());
      }
    }
    assertThat(honoured).containsExactlyElementsOf(known);
  }
}
