package dev.millrace.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.base.bytes.Uuid;
import dev.millrace.broker.coordinator.PartitionCoordinatorLog;
import dev.millrace.coordinator.CoordinatorLog;
import dev.millrace.coordinator.CoordinatorLog.Chunk;
import dev.millrace.coordinator.CoordinatorLog.Entry;
import dev.millrace.coordinator.KeyValue;
import dev.millrace.log.AppendOrigin;
import dev.millrace.replica.DiskWork;
import dev.millrace.replica.Partition;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.compress.Codec;
import dev.millrace.wire.records.BatchBuilder;
import dev.millrace.wire.records.ControlRecord;
import dev.millrace.wire.records.RecordBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class PartitionCoordinatorLogTest {
  private final GroupNode groups = new GroupNode();
  private final Uuid topic = groups.topic("state", 1);
  private final List<Entry> entries = new ArrayList<>();
  private final List<String> events = new ArrayList<>();
  private int chunks;

  private PartitionCoordinatorLog log(int index, int leaderEpoch) {
    return new PartitionCoordinatorLog(
        new PartitionCoordinatorLog.Place(topic, index, leaderEpoch, groups.node.image().offset()),
        new PartitionCoordinatorLog.Parts(
            groups.node.partitions(),
            new DiskWork(List.of(groups.node.owners().owner("work"))),
            groups.node.owners().clock()));
  }

  private Partition partition() {
    return Objects.requireNonNull(groups.node.partitions().find(topic, 0));
  }

  private PartitionCoordinatorLog read(int index, int leaderEpoch) {
    PartitionCoordinatorLog log = log(index, leaderEpoch);
    read(log, CoordinatorLog.START);
    groups.node.owners().runMs(100);
    return log;
  }

  private void read(PartitionCoordinatorLog log, long offset) {
    log.read(
        offset,
        chunk -> {
          switch (chunk) {
            case Chunk.Entries more -> {
              chunks++;
              entries.addAll(more.entries());
              read(log, more.nextOffset());
            }
            case Chunk.End _ -> events.add("end");
            case Chunk.Failed failed -> events.add("failed " + failed.reason());
          }
        });
  }

  private void append(PartitionCoordinatorLog log, KeyValue... records) {
    log.append(
        List.of(records),
        new CoordinatorLog.Appending() {
          @Override
          public void committed(long baseOffset) {
            events.add("committed " + baseOffset);
          }

          @Override
          public void failed(ErrorCode error) {
            events.add("failed " + error);
          }
        });
    groups.node.owners().runMs(100);
  }

  private static KeyValue record(String key, String value) {
    return new KeyValue(Bytes.utf8(key), Bytes.utf8(value));
  }

  private static Entry stored(long offset, long producerId, String key, String value) {
    return new Entry.Stored(offset, producerId, record(key, value));
  }

  @Test
  void whatIsAppendedIsReadBack() {
    PartitionCoordinatorLog log = read(0, 0);
    append(log, record("a", "1"), new KeyValue(Bytes.utf8("b"), null));
    append(log, record("a", "2"));
    read(0, 0);
    assertThat(events).containsExactly("end", "committed 0", "committed 2", "end");
    assertThat(entries)
        .containsExactly(
            stored(0, -1, "a", "1"),
            new Entry.Stored(1, -1, new KeyValue(Bytes.utf8("b"), null)),
            stored(2, -1, "a", "2"));
  }

  @Test
  void aLargeLogComesInChunks() {
    PartitionCoordinatorLog log = read(0, 0);
    for (int i = 0; i < 30; i++) {
      append(log, record("key" + i, "x".repeat(100_000)));
    }
    read(0, 0);
    assertThat(entries).hasSize(30);
    assertThat(chunks).isBetween(2, 10);
  }

  @Test
  void otherLeadersCompressAndUseTransactions() {
    appendRaw(
        BatchBuilder.from(0)
            .compressed(Codec.GZIP)
            .append(1, Bytes.utf8("a"), Bytes.utf8("1"))
            .append(1, Bytes.utf8("b"), Bytes.utf8("2")));
    appendRaw(
        BatchBuilder.from(0)
            .producer(77, (short) 0, 0)
            .transactional()
            .append(1, Bytes.utf8("c"), Bytes.utf8("3")));
    ControlRecord.EndTransaction commit = new ControlRecord.EndTransaction(true, 1);
    appendRaw(
        BatchBuilder.from(0)
            .producer(77, (short) 0, RecordBatch.NONE)
            .transactional()
            .control()
            .append(1, commit.key(), commit.value(), List.of()));
    groups.node.owners().runMs(100);
    read(0, 0);
    assertThat(entries)
        .containsExactly(
            stored(0, -1, "a", "1"),
            stored(1, -1, "b", "2"),
            stored(2, 77, "c", "3"),
            new Entry.Marker(3, 77, true));
  }

  private void appendRaw(BatchBuilder batch) {
    partition().append(RecordBatch.at(batch.build()), AppendOrigin.COORDINATOR, true);
  }

  @Test
  void aLeaderOfAnotherEpochNeitherReadsNorAppends() {
    PartitionCoordinatorLog log = read(0, 0);
    int epoch = groups.leadAgain(topic);
    append(log, record("a", "1"));
    read(0, 0);
    assertThat(events)
        .containsExactly(
            "end",
            "failed NOT_LEADER_OR_FOLLOWER",
            "failed partition is not led by this node, error=FENCED_LEADER_EPOCH");
    read(0, epoch);
    assertThat(events).last().isEqualTo("end");
    assertThat(entries).isEmpty();
  }

  @Test
  void aPartitionThatIsNotHereCantBeRead() {
    read(3, 0);
    assertThat(events).containsExactly("failed partition is not open on this node");
  }
}
