package dev.millrace.log.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.base.disk.Disk.Access;
import dev.millrace.base.disk.DiskFile;
import dev.millrace.base.sim.SimClock;
import dev.millrace.base.sim.SimDisk;
import dev.millrace.log.checkpoint.CorruptFileException;
import dev.millrace.log.producer.ProducerRules.Check;
import dev.millrace.log.producer.ProducerRules.Verdict;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.records.BatchBuilder;
import dev.millrace.wire.records.ControlRecord.EndTransaction;
import dev.millrace.wire.records.RecordBatch;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ProducerRulesTest {
  private static final long ID = 9;

  private @Nullable Producer known;
  private long end;

  private static RecordBatch batch(int epoch, int sequence, int records, boolean isTransactional) {
    BatchBuilder builder = BatchBuilder.from(0).producer(ID, (short) epoch, sequence);
    for (int i = 0; i < records; i++) {
      builder.append(100 + i, null, Bytes.EMPTY);
    }
    return RecordBatch.at((isTransactional ? builder.transactional() : builder).build());
  }

  private Verdict judge(RecordBatch batch, Check check) {
    Verdict verdict = ProducerRules.records(known, batch, end, check);
    if (verdict instanceof Verdict.Accepted accepted) {
      known = accepted.producer();
      end += batch.lastOffsetDelta() + 1;
    }
    return verdict;
  }

  private void assertAccepted(int epoch, int sequence, int records) {
    assertThat(judge(batch(epoch, sequence, records, false), Check.ALL))
        .isInstanceOf(Verdict.Accepted.class);
  }

  private void assertRefused(RecordBatch batch, ErrorCode error) {
    Verdict verdict = judge(batch, Check.ALL);
    assertThat(verdict).isInstanceOf(Verdict.Refused.class);
    assertThat(((Verdict.Refused) verdict).error()).isEqualTo(error);
  }

  @Test
  void anUnknownProducerMayBeginAnywhere() {
    assertAccepted(3, 77, 2);
    assertAccepted(3, 79, 1);
  }

  @Test
  void sequencesContinueAndWrap() {
    assertAccepted(0, Integer.MAX_VALUE - 2, 2);
    assertAccepted(0, Integer.MAX_VALUE, 3);
    assertThat(known.lastSequence()).isEqualTo(1);
    assertRefused(batch(0, 3, 1, false), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
    assertRefused(batch(0, 1, 1, false), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
    assertThat(judge(batch(0, Integer.MAX_VALUE, 3, false), Check.ALL))
        .isEqualTo(new Verdict.Duplicate(new BatchMark(1, 4, 2, 102)));
    assertAccepted(0, 2, 1);
  }

  @Test
  void fiveBatchesAreRemembered() {
    for (int i = 0; i < 7; i++) {
      assertAccepted(0, i, 1);
    }
    for (int i = 2; i < 7; i++) {
      Verdict verdict = judge(batch(0, i, 1, false), Check.ALL);
      assertThat(((Verdict.Duplicate) verdict).original().firstOffset()).isEqualTo(i);
    }
    assertRefused(batch(0, 6, 2, false), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
  }

  /** A client goes on with the next leader while the former one does not answer (SIGSTOP). */
  @Test
  void whatIsOlderThanTheRememberedBatchesIsKnownToBeThere() {
    assertAccepted(0, 100, 3);
    for (int i = 103; i < 120; i++) {
      assertAccepted(0, i, 1);
    }
    assertThat(judge(batch(0, 100, 3, false), Check.ALL)).isEqualTo(new Verdict.Passed(15));
    assertThat(judge(batch(0, 104, 1, false), Check.ALL)).isEqualTo(new Verdict.Passed(15));
    assertRefused(batch(0, 99, 1, false), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
    assertRefused(batch(0, 118, 3, false), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
    assertRefused(batch(0, 121, 1, false), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
    assertAccepted(1, 0, 1);
    assertRefused(batch(0, 104, 1, false), ErrorCode.INVALID_PRODUCER_EPOCH);
    assertRefused(batch(1, 104, 1, false), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
  }

  @Test
  void whatIsOlderThanTheRememberedBatchesIsKnownOverAWrap() {
    assertAccepted(0, Integer.MAX_VALUE - 1, 1);
    assertAccepted(0, Integer.MAX_VALUE, 3);
    for (int i = 2; i < 9; i++) {
      assertAccepted(0, i, 1);
    }
    assertThat(judge(batch(0, Integer.MAX_VALUE - 1, 1, false), Check.ALL))
        .isEqualTo(new Verdict.Passed(6));
    assertThat(judge(batch(0, Integer.MAX_VALUE, 3, false), Check.ALL))
        .isEqualTo(new Verdict.Passed(6));
    assertRefused(
        batch(0, Integer.MAX_VALUE - 2, 1, false), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
  }

  @Test
  void aGapIsNeverTakenForWhatIsThere() {
    assertThat(judge(batch(0, 0, 5, false), Check.NOTHING)).isInstanceOf(Verdict.Accepted.class);
    assertThat(judge(batch(0, 9, 1, false), Check.NOTHING)).isInstanceOf(Verdict.Accepted.class);
    for (int i = 10; i < 16; i++) {
      assertAccepted(0, i, 1);
    }
    assertThat(judge(batch(0, 9, 1, false), Check.ALL)).isInstanceOf(Verdict.Passed.class);
    assertRefused(batch(0, 6, 1, false), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
    assertRefused(batch(0, 8, 2, false), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
  }

  @Test
  void aNewEpochBeginsAtZeroAndAnOldOneIsFenced() {
    assertAccepted(1, 0, 5);
    assertRefused(batch(2, 5, 1, false), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
    assertAccepted(2, 0, 1);
    assertRefused(batch(1, 5, 1, false), ErrorCode.INVALID_PRODUCER_EPOCH);
    assertThat(known.batches()).hasSize(1);
    assertThat(judge(batch(1, 3, 1, false), Check.EPOCH)).isInstanceOf(Verdict.Refused.class);
    assertThat(judge(batch(2, 30, 1, false), Check.EPOCH)).isInstanceOf(Verdict.Accepted.class);
    assertThat(judge(batch(1, 3, 1, false), Check.NOTHING)).isInstanceOf(Verdict.Accepted.class);
  }

  @Test
  void transactionsOpenAndEnd() {
    assertThat(judge(batch(0, 0, 2, true), Check.ALL)).isInstanceOf(Verdict.Accepted.class);
    assertThat(known.openFirstOffset()).isZero();
    judge(batch(0, 2, 1, true), Check.ALL);
    assertThat(known.openFirstOffset()).isZero();
    assertRefused(batch(0, 3, 1, false), ErrorCode.INVALID_TXN_STATE);
    RecordBatch marker = batch(0, -1, 1, true);
    Verdict ended = ProducerRules.marker(known, marker, new EndTransaction(true, 4), Check.EPOCH);
    assertThat(((Verdict.Accepted) ended).endedFirstOffset()).isZero();
    known = ((Verdict.Accepted) ended).producer();
    assertThat(known.hasOpenTransaction()).isFalse();
    assertThat(known.coordinatorEpoch()).isEqualTo(4);
    Verdict stale = ProducerRules.marker(known, marker, new EndTransaction(true, 3), Check.EPOCH);
    assertThat(((Verdict.Refused) stale).error())
        .isEqualTo(ErrorCode.TRANSACTION_COORDINATOR_FENCED);
    assertAccepted(0, 3, 1);
  }

  @Test
  void theLastStableOffsetWaitsForMarkersToBeCommitted() {
    ProducerStates states = new ProducerStates();
    states.apply(new Producer(1, (short) 0, -1, 5, 10, List.of()));
    states.apply(new Producer(2, (short) 0, -1, 5, 20, List.of()));
    assertThat(states.transactions().lastStableOffset(15)).isEqualTo(10);
    assertThat(states.transactions().lastStableOffset(7)).isEqualTo(7);
    states.apply(new Producer(1, (short) 0, 0, 5, -1, List.of()));
    assertThat(states.stableAfter(30)).isEqualTo(20);
    states.ended(10, 30);
    assertThat(states.transactions().lastStableOffset(30)).isEqualTo(10);
    assertThat(states.transactions().lastStableOffset(31)).isEqualTo(20);
    states.committed(31);
    assertThat(states.transactions().hasEndedBelow(Long.MAX_VALUE)).isFalse();
    states.apply(new Producer(2, (short) 0, 0, 5, -1, List.of()));
    states.ended(20, 40);
    states.committed(41);
    assertThat(states.transactions()).isSameAs(OpenTransactions.NONE);
  }

  @Test
  void idleProducersAreForgottenUnlessTheirTransactionIsOpen() {
    ProducerStates states = new ProducerStates();
    states.apply(new Producer(1, (short) 0, -1, 100, -1, List.of()));
    states.apply(new Producer(2, (short) 0, -1, 100, 7, List.of()));
    states.apply(new Producer(3, (short) 0, -1, 101, -1, List.of()));
    assertThat(states.expire(1100, 1000)).isEqualTo(1);
    assertThat(states.producer(1)).isNull();
    assertThat(states.size()).isEqualTo(2);
  }

  @Test
  void snapshotBytes() {
    SimDisk disk = new SimDisk(new SimClock(0));
    Path path = Path.of("/5.snapshot");
    Producer two =
        new Producer(
            1,
            (short) 2,
            3,
            0x99,
            0x44,
            List.of(new BatchMark(7, 8, 1, 0x77), new BatchMark(9, 0x10, 1, 0x88)));
    Producer none = new Producer(5, (short) 0, 6, 0x55, -1, List.of());
    ProducerSnapshot.write(disk, path, List.of(two, none));
    ByteBuffer bytes = ByteBuffer.allocate((int) disk.size(path));
    try (DiskFile file = disk.open(path, Access.WRITE)) {
      file.read(bytes, 0);
      assertThat(HexFormat.of().formatHex(bytes.array()).substring(12))
          .isEqualTo(
              "00000003"
                  + "00000000000000010002000000070000000000000008"
                  + "000000010000000000000077000000030000000000000044"
                  + "00000000000000010002000000090000000000000010"
                  + "000000010000000000000099000000030000000000000044"
                  + "00000000000000050000ffffffffffffffffffffffff"
                  + "00000000000000000000005500000006ffffffffffffffff");
      assertThat(ProducerSnapshot.read(disk, path))
          .containsExactly(
              new Producer(
                  1,
                  (short) 2,
                  3,
                  0x99,
                  0x44,
                  List.of(new BatchMark(7, 8, 1, 0x77), new BatchMark(9, 0x10, 1, 0x99))),
              none);
      for (int at = 0; at < bytes.limit(); at++) {
        file.write(ByteBuffer.wrap(new byte[] {(byte) (bytes.get(at) ^ 1)}), at);
        assertThatThrownBy(() -> ProducerSnapshot.read(disk, path))
            .isInstanceOf(CorruptFileException.class);
        file.write(ByteBuffer.wrap(new byte[] {bytes.get(at)}), at);
      }
      for (int size = bytes.limit() - 1; size >= 0; size--) {
        file.truncate(size);
        assertThatThrownBy(() -> ProducerSnapshot.read(disk, path))
            .isInstanceOf(CorruptFileException.class);
      }
    }
  }
}
