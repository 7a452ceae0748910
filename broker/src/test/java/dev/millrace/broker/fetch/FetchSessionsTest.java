package dev.millrace.broker.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.FetchRequest.FetchPartition;
import dev.millrace.wire.message.FetchResponse;
import dev.millrace.wire.message.FetchResponse.PartitionData;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FetchSessionsTest {
  private static final int NEW = 0;
  private static final int FINAL = -1;

  private final FetchSessions sessions = new FetchSessions(3, new Random(1));

  @Test
  void aWholeRequestBeginsASessionAndIncrementalOnesFollow() {
    int id = create(0, 0, 1);

    FetchTurn turn = begin(id, 1, List.of(), List.of(), 0);
    assertThat(turn.changesOnly()).isTrue();
    FetchResponse quiet = turn.answer(outcomes(turn, 5));
    assertThat(quiet.sessionId()).isEqualTo(id);
    assertThat(quiet.responses()).isEmpty();

    FetchTurn next = begin(id, 2, List.of(), List.of(), 0);
    FetchResponse news = next.answer(outcomes(next, 6));
    assertThat(news.responses()).hasSize(1);
    assertThat(news.responses().getFirst().partitions()).hasSize(2);
  }

  @Test
  void unknownSessionsAndWrongEpochsAreRefused() {
    assertThat(refusal(begin(77, 1, List.of(), List.of(), 0)))
        .isEqualTo(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
    int id = create(0, 0);
    assertThat(refusal(begin(id, 2, List.of(), List.of(), 0)))
        .isEqualTo(ErrorCode.INVALID_FETCH_SESSION_EPOCH);
    FetchQuery byId = new FetchQuery(id, 1, true, List.of(), List.of());
    assertThat(refusal(sessions.begin(byId, 0))).isEqualTo(ErrorCode.FETCH_SESSION_TOPIC_ID_ERROR);
    assertThat(begin(id, 1, List.of(), List.of(), 0)).isInstanceOf(FetchTurn.Changes.class);
  }

  @Test
  void aSessionServesOneRequestAtATime() {
    int id = create(0, 0);
    FetchTurn first = begin(id, 1, List.of(), List.of(), 0);
    assertThat(refusal(begin(id, 2, List.of(), List.of(), 0)))
        .isEqualTo(ErrorCode.INVALID_FETCH_SESSION_EPOCH);
    first.abandon();
    assertThat(begin(id, 2, List.of(), List.of(), 0)).isInstanceOf(FetchTurn.Changes.class);
  }

  @Test
  void theEpochWrapsToOne() {
    FetchSession session = new FetchSession(1, false, 0, List.of(target(0)));
    for (int epoch : new int[] {1, 2, 3}) {
      assertThat(session.begin(query(1, epoch, List.of(), List.of()), 0)).isEqualTo(ErrorCode.NONE);
      session.end(List.of());
    }
    session.expectEpoch(Integer.MAX_VALUE);
    assertThat(session.begin(query(1, Integer.MAX_VALUE, List.of(), List.of()), 0))
        .isEqualTo(ErrorCode.NONE);
    session.end(List.of());
    assertThat(session.begin(query(1, 1, List.of(), List.of()), 0)).isEqualTo(ErrorCode.NONE);
  }

  @Test
  void closingAnswersEverythingWithoutASession() {
    int id = create(0, 0);
    FetchTurn turn = begin(id, FINAL, List.of(target(0)), List.of(), 0);
    FetchResponse response = turn.answer(outcomes(turn, 5));
    assertThat(response.sessionId()).isZero();
    assertThat(response.responses()).hasSize(1);
    assertThat(sessions.size()).isZero();
    assertThat(sessions.partitions()).isZero();
  }

  @Test
  void epochZeroReplacesTheNamedSession() {
    int old = create(0, 0);
    FetchTurn turn = begin(old, NEW, List.of(target(0), target(1)), List.of(), 0);
    int id = turn.answer(outcomes(turn, 5)).sessionId();
    assertThat(id).isNotZero().isNotEqualTo(old);
    assertThat(sessions.size()).isOne();
    assertThat(sessions.partitions()).isEqualTo(2);
  }

  @Test
  void forgettingTheLastPartitionClosesTheSession() {
    int id = create(0, 0);
    FetchTurn turn = begin(id, 1, List.of(), List.of(target(0)), 0);
    assertThat(turn.answer(List.of()).sessionId()).isZero();
    assertThat(sessions.size()).isZero();
    assertThat(sessions.partitions()).isZero();
  }

  @Test
  void aFullCacheKeepsYoungSessionsAndGivesUpIdleOrSmallOnes() {
    int idle = create(0, 0, 1, 2, 3);
    int used = create(0, 4, 5, 6);
    int third = create(0, 7);
    assertThat(create(1, 8, 9)).as("all are young").isZero();

    long later = FetchSessions.IDLE_MS + 1;
    begin(used, 1, List.of(), List.of(), later).abandon();
    begin(third, 1, List.of(), List.of(), later).abandon();
    assertThat(create(later, 8)).as("an idle one goes").isNotZero();
    assertThat(refusal(begin(idle, 1, List.of(), List.of(), later)))
        .isEqualTo(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
  }

  @Test
  void aBiggerSessionTakesTheSlotOfAnOldSmallOne() {
    long later = FetchSessions.IDLE_MS + 1;
    int small = create(0, 0);
    int middle = create(0, 1, 2);
    int big = create(0, 3, 4, 5);
    for (int id : new int[] {small, middle, big}) {
      begin(id, 1, List.of(), List.of(), later).abandon();
    }
    assertThat(create(later, 9)).as("not bigger than the smallest").isZero();
    assertThat(create(later, 8, 9)).isNotZero();
    assertThat(refusal(begin(small, 2, List.of(), List.of(), later)))
        .isEqualTo(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
  }

  @Test
  void partitionsWithDataGoToTheEndOfTheOrder() {
    int id = create(0, 0, 1, 2);
    FetchTurn turn = begin(id, 1, List.of(), List.of(), 0);
    List<FetchTurn.Outcome> outcomes = outcomes(turn, 5);
    FetchTurn.Outcome first = outcomes.getFirst();
    PartitionData withRecords =
        first.data().toBuilder()
            .records(dev.millrace.wire.RecordBytes.of(java.nio.ByteBuffer.allocate(3)))
            .build();
    outcomes.set(0, new FetchTurn.Outcome(first.target(), withRecords));
    assertThat(turn.answer(outcomes).responses().getFirst().partitions()).hasSize(1);
    FetchTurn next = begin(id, 2, List.of(), List.of(), 0);
    assertThat(next.targets()).extracting(FetchTarget::index).containsExactly(1, 2, 0);
  }

  private int create(long nowMs, int... indexes) {
    List<FetchTarget> targets = new ArrayList<>();
    for (int index : indexes) {
      targets.add(target(index));
    }
    FetchTurn turn = begin(0, NEW, targets, List.of(), nowMs);
    return turn.answer(outcomes(turn, 5)).sessionId();
  }

  private FetchTurn begin(
      int id, int epoch, List<FetchTarget> targets, List<FetchTarget> forgotten, long nowMs) {
    return sessions.begin(query(id, epoch, targets, forgotten), nowMs);
  }

  private static FetchQuery query(
      int id, int epoch, List<FetchTarget> targets, List<FetchTarget> forgotten) {
    return new FetchQuery(id, epoch, false, targets, forgotten);
  }

  private static List<FetchTurn.Outcome> outcomes(FetchTurn turn, long highWatermark) {
    List<FetchTurn.Outcome> outcomes = new ArrayList<>();
    for (FetchTarget target : turn.targets()) {
      PartitionData data =
          PartitionData.builder()
              .partitionIndex(target.index())
              .highWatermark(highWatermark)
              .logStartOffset(0)
              .build();
      outcomes.add(new FetchTurn.Outcome(target, data));
    }
    return outcomes;
  }

  private static FetchTarget target(int index) {
    return new FetchTarget(
        "t", Uuid.ZERO, FetchPartition.builder().partition(index).partitionMaxBytes(1000).build());
  }

  private static ErrorCode refusal(FetchTurn turn) {
    return ((FetchTurn.Refused) turn).error();
  }
}
