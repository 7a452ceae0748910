package dev.millrace.replica.share;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.replica.share.SharePartition.Outcome;
import dev.millrace.wire.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class SharePartitionTest {
  private static final ShareLimits LIMITS = new ShareLimits(200, 30_000, 5);
  private static final ShareQuery ALL = new ShareQuery(500, 500, false);

  private final SharePartition partition = new SharePartition(0, List.of());

  @Test
  void acquiresWholeBatches() {
    assertThat(acquire("a", new ShareQuery(15, 500, false), 0, 9, 10, 19, 20, 29))
        .containsExactly(new AcquiredRecords(0, 19, 1));
    assertThat(partition.nextOffset(LIMITS)).isEqualTo(20);
  }

  @Test
  void aStrictQueryCutsABatch() {
    assertThat(acquire("a", new ShareQuery(15, 500, true), 0, 9, 10, 19))
        .containsExactly(new AcquiredRecords(0, 14, 1));
    assertThat(partition.nextOffset(LIMITS)).isEqualTo(15);
    assertThat(acquire("b", ALL, 10, 19)).containsExactly(new AcquiredRecords(15, 19, 1));
  }

  @Test
  void runsEndAtBatchesWhenTheyAreLongEnough() {
    assertThat(acquire("a", new ShareQuery(500, 15, false), 0, 9, 10, 19, 20, 29))
        .containsExactly(new AcquiredRecords(0, 19, 1), new AcquiredRecords(20, 29, 1));
  }

  @Test
  void nothingBeyondTheWindowIsAcquired() {
    assertThat(acquire("a", ALL, 0, 99, 100, 199, 200, 299))
        .containsExactly(new AcquiredRecords(0, 199, 1));
    assertThat(partition.nextOffset(LIMITS)).isEqualTo(-1);
  }

  @Test
  void acknowledgedWhenSaved() {
    acquire("a", ALL, 0, 9);
    assertThat(accept("a", 0, 9)).isInstanceOf(Outcome.Waiting.class);
    assertThat(partition.startOffset()).isZero();
    ShareWrite write = Objects.requireNonNull(partition.beginWrite());
    assertThat(write.startOffset()).isEqualTo(10);
    assertThat(write.batches()).isEmpty();
    partition.endWrite(true);
    assertThat(partition.startOffset()).isEqualTo(10);
    assertThat(partition.beginWrite()).isNull();
  }

  @Test
  void whatWasNotSavedIsTakenBack() {
    acquire("a", ALL, 0, 9);
    accept("a", 3, 9);
    assertThat(partition.beginWrite()).isNotNull();
    partition.endWrite(false);
    assertThat(partition.expire(LIMITS, 29_999)).isFalse();
    assertThat(accept("a", 3, 9)).isInstanceOf(Outcome.Waiting.class);
  }

  @Test
  void acknowledgementsOutliveTheLockWhileTheyAreSaved() {
    acquire("a", ALL, 0, 9);
    accept("a", 0, 4);
    assertThat(partition.expire(LIMITS, 30_000)).isTrue();
    assertThat(acquire("b", ALL, 0, 9)).containsExactly(new AcquiredRecords(5, 9, 2));
    partition.beginWrite();
    partition.endWrite(true);
    assertThat(partition.startOffset()).isEqualTo(5);
  }

  @Test
  void onlyTheHolderAcknowledges() {
    acquire("a", ALL, 0, 9);
    assertThat(accept("b", 0, 9)).isEqualTo(refused(ErrorCode.INVALID_RECORD_STATE, 0));
    assertThat(accept("a", 0, 10))
        .isInstanceOfSatisfying(
            Outcome.Refused.class,
            refused -> assertThat(refused.error()).isEqualTo(ErrorCode.INVALID_REQUEST));
    accept("a", 0, 9);
    assertThat(accept("a", 0, 9)).isEqualTo(refused(ErrorCode.INVALID_RECORD_STATE, 0));
  }

  @Test
  void releasedUntilTheLimitThenArchived() {
    for (int count = 1; count <= 5; count++) {
      assertThat(acquire("a", ALL, 0, 0)).containsExactly(new AcquiredRecords(0, 0, count));
      partition.acknowledge(
          "a", List.of(Acknowledgement.of(0, 0, AcknowledgeType.RELEASE)), LIMITS, 0);
      partition.beginWrite();
      partition.endWrite(true);
    }
    assertThat(partition.startOffset()).isEqualTo(1);
  }

  @Test
  void renewedLocksLastLonger() {
    acquire("a", ALL, 0, 9);
    assertThat(
            partition.acknowledge(
                "a", List.of(Acknowledgement.of(0, 4, AcknowledgeType.RENEW)), LIMITS, 20_000))
        .isInstanceOf(Outcome.Done.class);
    assertThat(partition.nextDueMs()).isEqualTo(30_000);
    partition.expire(LIMITS, 30_000);
    assertThat(partition.nextOffset(LIMITS)).isEqualTo(5);
    assertThat(partition.nextDueMs()).isEqualTo(50_000);
  }

  @Test
  void oftenDeliveredRecordsGoOutInSmallPortions() {
    List<Long> portions = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      portions.add(total(acquire("a", ALL, 0, 99)));
      partition.release("a", LIMITS);
    }
    portions.add(total(acquire("a", ALL, 0, 99)));
    portions.add(total(acquire("a", ALL, 0, 99)));
    assertThat(portions).containsExactly(100L, 100L, 100L, 50L, 25L);
    partition.release("a", LIMITS);
    assertThat(acquire("a", ALL, 0, 99)).containsExactly(new AcquiredRecords(0, 0, 5));
  }

  @Test
  void holesAndControlBatchesAreArchived() {
    Reading reading =
        new Reading(
            0,
            List.of(
                new FoundBatch(2, 4, true),
                new FoundBatch(5, 5, false),
                new FoundBatch(8, 9, true)));
    assertThat(partition.acquire("a", ALL, reading, LIMITS, 0))
        .containsExactly(new AcquiredRecords(2, 4, 1), new AcquiredRecords(8, 9, 1));
    accept("a", 2, 4);
    ShareWrite write = Objects.requireNonNull(partition.beginWrite());
    assertThat(write.startOffset()).isEqualTo(8);
    partition.endWrite(true);
    assertThat(partition.startOffset()).isEqualTo(8);
  }

  @Test
  void aMovedLogStartEndsWhatWasBefore() {
    acquire("a", ALL, 0, 9);
    partition.trim(5);
    assertThat(partition.startOffset()).isEqualTo(5);
    assertThat(accept("a", 0, 9)).isInstanceOf(Outcome.Waiting.class);
    assertThat(Objects.requireNonNull(partition.beginWrite()).startOffset()).isEqualTo(10);
  }

  @Test
  void goesOnWhereItWasSaved() {
    SharePartition loaded =
        new SharePartition(
            10,
            List.of(
                new StateBatch(10, 14, RecordState.ACKNOWLEDGED, 1),
                new StateBatch(18, 19, RecordState.AVAILABLE, 3)));
    assertThat(loaded.startOffset()).isEqualTo(15);
    assertThat(loaded.endOffset()).isEqualTo(20);
    assertThat(
            loaded.acquire(
                "a", ALL, new Reading(15, List.of(new FoundBatch(10, 29, true))), LIMITS, 0))
        .containsExactly(new AcquiredRecords(15, 17, 1));
  }

  private static long total(List<AcquiredRecords> records) {
    return records.stream().mapToLong(AcquiredRecords::count).sum();
  }

  private static Outcome refused(ErrorCode error, long offset) {
    return new Outcome.Refused(error, "member has no lock on the record, offset=" + offset);
  }

  private Outcome accept(String member, long first, long last) {
    return partition.acknowledge(
        member, List.of(Acknowledgement.of(first, last, AcknowledgeType.ACCEPT)), LIMITS, 0);
  }

  /** Acquires from batches that are given by their first and last offsets. */
  private List<AcquiredRecords> acquire(String member, ShareQuery query, long... offsets) {
    List<FoundBatch> batches = new ArrayList<>();
    for (int i = 0; i < offsets.length; i += 2) {
      batches.add(new FoundBatch(offsets[i], offsets[i + 1], true));
    }
    return partition.acquire(member, query, new Reading(offsets[0], batches), LIMITS, 0);
  }
}
