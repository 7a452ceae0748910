package dev.millrace.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.disk.DiskException;
import dev.millrace.base.sim.Crash;
import dev.millrace.base.sim.DiskFaults;
import dev.millrace.base.sim.DiskFaults.Operation;
import dev.millrace.log.AppendOrigin;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.records.BatchBuilder;
import dev.millrace.wire.records.ControlRecord.EndTransaction;
import dev.millrace.wire.records.RecordBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PartitionTest {
  private final World world = new World(1, "/data").start();
  private final List<ErrorCode> settled = new ArrayList<>();

  @Test
  void anAppendIsCommittedAndReadableOnceItIsOnDisk() {
    world.createTopic("t", 1);
    Partition partition = world.partition("t", 0);
    AppendOutcome.Appended appended = world.append(partition, "a", "b");
    partition.whenCommitted(appended.endOffset(), settled::add);

    assertThat(appended.baseOffset()).isZero();
    assertThat(appended.endOffset()).isEqualTo(2);
    assertThat(partition.bounds().highWatermark()).isZero();
    assertThat(settled).isEmpty();
    assertThat(partition.read(World.query(0)))
        .isInstanceOfSatisfying(
            ReadOutcome.Found.class, found -> assertThat(found.records().size()).isZero());

    world.owners.runUntil(() -> !settled.isEmpty(), 1_000);
    assertThat(settled).containsExactly(ErrorCode.NONE);
    assertThat(partition.bounds().highWatermark()).isEqualTo(2);
    assertThat(World.values(partition, 0)).containsExactly("a", "b");
  }

  @Test
  void withFlushPolicyMemoryTheLogEndIsCommitted() {
    world.createTopic("t", 1, "flush.policy", "memory");
    Partition partition = world.partition("t", 0);
    world.append(partition, "a");
    partition.whenCommitted(1, settled::add);
    assertThat(settled).containsExactly(ErrorCode.NONE);
    assertThat(World.values(partition, 0)).containsExactly("a");
  }

  @Test
  void changingTheFlushPolicyNeverTakesTheHighWatermarkBack() {
    world.createTopic("t", 1, "flush.policy", "memory");
    Partition partition = world.partition("t", 0);
    world.append(partition, "a");
    world.commit(World.setting("t", "flush.policy", "disk"));
    world.applied();
    assertThat(partition.bounds().highWatermark()).isEqualTo(1);
    world.append(partition, "b");
    world.owners.runUntil(() -> partition.bounds().highWatermark() == 2, 1_000);
  }

  @Test
  void readersAreToldWhatTheHighWatermarkIsWorth() {
    world.createTopic("t", 1);
    Partition partition = world.partition("t", 0);
    Counting reader = new Counting();
    Waiting place = partition.whenReadable(reader, false, partition.bounds().bytes(false));
    RecordBatch batch = world.batch("x".repeat(100));
    partition.append(batch, AppendOrigin.CLIENT, false);
    assertThat(reader.bytes).isZero();
    world.owners.runUntil(() -> partition.bounds().highWatermark() == 1, 1_000);
    assertThat(reader.bytes).isEqualTo(batch.sizeBytes());

    place.cancel();
    world.append(partition, "b");
    world.owners.runUntil(() -> partition.bounds().highWatermark() == 2, 1_000);
    assertThat(reader.bytes).isEqualTo(batch.sizeBytes());

    Counting late = new Counting();
    partition.whenReadable(late, false, batch.sizeBytes());
    assertThat(late.bytes).isEqualTo(partition.bounds().readableBytes() - batch.sizeBytes());
  }

  @Test
  void whoeverWaitsIsSentAwayWhenTheLeaderGoes() {
    Uuid id = world.createTopic("t", 1);
    Partition partition = world.partition("t", 0);
    Counting reader = new Counting();
    partition.whenReadable(reader, false, 0);
    AppendOutcome.Appended appended = world.append(partition, "a");
    partition.whenCommitted(appended.endOffset() + 1, settled::add);
    world.commit(World.leader(id, 0, -1));
    world.applied();
    assertThat(settled).containsExactly(ErrorCode.NOT_LEADER_OR_FOLLOWER);
    assertThat(reader.disturbed).isPositive();
    assertThat(partition.leaderError(-1)).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
    assertThat(partition.append(world.batch("b"), AppendOrigin.CLIENT, true))
        .isInstanceOfSatisfying(
            AppendOutcome.Refused.class,
            refused -> assertThat(refused.error()).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER));

    world.commit(World.leader(id, 0, World.NODE));
    world.applied();
    assertThat(partition.leaderEpoch()).isEqualTo(2);
    world.append(partition, "c");
    world.owners.runUntil(() -> partition.bounds().highWatermark() == 2, 1_000);
    assertThat(World.values(partition, 0)).containsExactly("a", "c");
    assertThat(partition.epochEnd(-1, 0)).isEqualTo(new EpochEnd(ErrorCode.NONE, 0, 1));
    assertThat(partition.epochEnd(-1, 2)).isEqualTo(new EpochEnd(ErrorCode.NONE, 2, 2));
    assertThat(partition.epochEnd(-1, 3)).isEqualTo(new EpochEnd(ErrorCode.NONE, -1, -1));
  }

  @Test
  void leaderEpochsAreChecked() {
    Uuid id = world.createTopic("t", 1);
    world.commit(World.leader(id, 0, World.NODE));
    world.applied();
    Partition partition = world.partition("t", 0);
    assertThat(partition.leaderError(-1)).isEqualTo(ErrorCode.NONE);
    assertThat(partition.leaderError(0)).isEqualTo(ErrorCode.FENCED_LEADER_EPOCH);
    assertThat(partition.leaderError(1)).isEqualTo(ErrorCode.NONE);
    assertThat(partition.leaderError(2)).isEqualTo(ErrorCode.UNKNOWN_LEADER_EPOCH);
  }

  @Test
  void aReaderWithAnotherHistoryIsToldWhereItDiverged() {
    Uuid id = world.createTopic("t", 1, "flush.policy", "memory");
    Partition partition = world.partition("t", 0);
    world.append(partition, "a", "b");
    world.commit(World.leader(id, 0, World.NODE));
    world.applied();
    world.append(partition, "c");
    assertThat(partition.read(new ReadQuery(2, 1, 0, 100, true, false)))
        .isInstanceOf(ReadOutcome.Found.class);
    assertThat(partition.read(new ReadQuery(3, 1, 0, 100, true, false)))
        .isInstanceOfSatisfying(
            ReadOutcome.Diverged.class,
            diverged -> {
              assertThat(diverged.epoch()).isZero();
              assertThat(diverged.endOffset()).isEqualTo(2);
            });
  }

  @Test
  void anIdempotentRetryGetsTheOriginalOffsetAndItsCommit() {
    world.createTopic("t", 1);
    Partition partition = world.partition("t", 0);
    assertThat(world.append(partition, "x").baseOffset()).isZero();
    AppendOutcome.Appended first = produce(partition, 0);
    AppendOutcome.Appended again = produce(partition, 0);
    assertThat(again.baseOffset()).isEqualTo(first.baseOffset()).isEqualTo(1);
    partition.whenCommitted(again.endOffset(), settled::add);
    assertThat(settled).as("the original is not on disk yet").isEmpty();
    world.owners.runUntil(() -> !settled.isEmpty(), 1_000);
    assertThat(partition.bounds().highWatermark()).isEqualTo(2);
    assertThat(partition.producers()).extracting(ActiveProducer::id).containsExactly(9L);
  }

  @Test
  void appendsThatWantAllCopiesNeedEnoughOfThem() {
    world.createTopic("one", 1, "min.insync.replicas", "2");
    assertThat(world.partition("one", 0).appendRefusal(true))
        .as("no more than there are copies")
        .isEqualTo(ErrorCode.NONE);
  }

  @Test
  void aFailedSyncTakesThePartitionOfflineAndAcknowledgesNothing() {
    world.createTopic("t", 2);
    Partition partition = world.partition("t", 0);
    world.disk.faults(DiskFaults.every(Set.of(Operation.SYNC), DiskException.Kind.FAILED));
    AppendOutcome.Appended appended = world.append(partition, "a");
    partition.whenCommitted(appended.endOffset(), settled::add);
    world.owners.runUntil(() -> !settled.isEmpty(), 1_000);
    world.disk.faults(DiskFaults.none());
    assertThat(settled).containsExactly(ErrorCode.KAFKA_STORAGE_ERROR);
    assertThat(partition.bounds().highWatermark()).isZero();
    assertThat(world.partition("t", 1).leaderError(-1)).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
    assertThat(partition.append(world.batch("b"), AppendOrigin.CLIENT, false))
        .isInstanceOfSatisfying(
            AppendOutcome.Refused.class,
            refused -> assertThat(refused.error()).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR));
    assertThat(world.partitions.directories().getFirst().error())
        .isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
  }

  @Test
  void recordsAreDeletedUpToTheHighWatermark() {
    world.createTopic("t", 1, "flush.policy", "memory");
    Partition partition = world.partition("t", 0);
    for (int i = 0; i < 5; i++) {
      world.append(partition, "v" + i);
    }
    assertThat(partition.deleteRecords(6).error()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
    assertThat(partition.deleteRecords(-2).error()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
    assertThat(partition.deleteRecords(2)).isEqualTo(new DeleteOutcome(ErrorCode.NONE, 2));
    assertThat(partition.deleteRecords(1)).isEqualTo(new DeleteOutcome(ErrorCode.NONE, 2));
    assertThat(partition.bounds().logStartOffset()).isEqualTo(2);
    assertThat(World.values(partition, 2)).containsExactly("v2", "v3", "v4");
    assertThat(partition.read(World.query(1)))
        .isEqualTo(new ReadOutcome.Failed(ErrorCode.OFFSET_OUT_OF_RANGE));
    assertThat(partition.deleteRecords(-1)).isEqualTo(new DeleteOutcome(ErrorCode.NONE, 5));
    world.createTopic("compacted", 1, "cleanup.policy", "compact");
    assertThat(world.partition("compacted", 0).deleteRecords(-1).error())
        .isEqualTo(ErrorCode.POLICY_VIOLATION);
    world.createTopic("__consumer_offsets", 1);
    assertThat(world.partition("__consumer_offsets", 0).deleteRecords(-1).error())
        .isEqualTo(ErrorCode.INVALID_TOPIC_EXCEPTION);
  }

  @Test
  void offsetsBehindTheHighWatermarkAreNoErrorAndBehindTheEndAreOne() {
    world.createTopic("t", 1);
    Partition partition = world.partition("t", 0);
    world.append(partition, "a", "b");
    for (int offset = 0; offset <= 2; offset++) {
      assertThat(partition.read(World.query(offset))).isInstanceOf(ReadOutcome.Found.class);
    }
    assertThat(partition.read(World.query(3)))
        .isEqualTo(new ReadOutcome.Failed(ErrorCode.OFFSET_OUT_OF_RANGE));
    assertThat(partition.read(World.query(-1)))
        .isEqualTo(new ReadOutcome.Failed(ErrorCode.OFFSET_OUT_OF_RANGE));
  }

  @Test
  void readersOfCommittedRecordsStopAtOpenTransactions() {
    world.createTopic("t", 1, "flush.policy", "memory");
    Partition partition = world.partition("t", 0);
    world.append(partition, "a");
    Counting committed = new Counting();
    partition.whenReadable(committed, true, partition.bounds().bytes(true));
    BatchBuilder transactional =
        BatchBuilder.from(0)
            .producer(5, (short) 0, 0)
            .transactional()
            .append(1, null, Bytes.utf8("tx"));
    partition.append(RecordBatch.at(transactional.build()), AppendOrigin.CLIENT, true);
    world.append(partition, "b");
    assertThat(partition.bounds().highWatermark()).isEqualTo(3);
    assertThat(partition.bounds().lastStableOffset()).isEqualTo(1);
    assertThat(committed.bytes).isZero();

    EndTransaction abort = new EndTransaction(false, 0);
    BatchBuilder marker =
        BatchBuilder.from(0)
            .producer(5, (short) 0, RecordBatch.NONE)
            .transactional()
            .control()
            .append(2, Bytes.copyOf(abort.key()), Bytes.copyOf(abort.value()));
    partition.append(RecordBatch.at(marker.build()), AppendOrigin.COORDINATOR, true);
    assertThat(partition.bounds().lastStableOffset()).isEqualTo(4);
    assertThat(committed.bytes).isPositive();
    ReadOutcome outcome = partition.read(new ReadQuery(2, -1, -1, 1 << 20, true, true));
    assertThat(((ReadOutcome.Found) outcome).aborted())
        .as("a transaction that began before the offset counts too")
        .containsExactly(new ReadOutcome.AbortedTransaction(5, 1));
  }

  @Test
  void theHighWatermarkSurvivesARestart() {
    world.createTopic("t", 1);
    Partition partition = world.partition("t", 0);
    world.append(partition, "a", "b");
    world.owners.runUntil(() -> partition.bounds().highWatermark() == 2, 1_000);
    world.stop();
    world.start();
    assertThat(world.partition("t", 0).bounds().highWatermark()).isEqualTo(2);
    assertThat(World.values(world.partition("t", 0), 0)).containsExactly("a", "b");

    world.crash(Crash.losingUnsynced());
    world.start();
    world.owners.runUntil(() -> world.partition("t", 0).bounds().highWatermark() == 2, 1_000);
  }

  private AppendOutcome.Appended produce(Partition partition, int sequence) {
    BatchBuilder builder =
        BatchBuilder.from(0).producer(9, (short) 0, sequence).append(1, null, Bytes.utf8("p"));
    RecordBatch batch = RecordBatch.at(builder.build());
    return (AppendOutcome.Appended) partition.append(batch, AppendOrigin.CLIENT, true);
  }

  static final class Counting implements Reader {
    long bytes;
    int disturbed;

    @Override
    public void grew(long more) {
      bytes += more;
    }

    @Override
    public void disturbed() {
      disturbed++;
    }
  }
}
