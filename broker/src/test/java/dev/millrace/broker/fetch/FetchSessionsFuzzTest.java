package dev.millrace.broker.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.FetchRequest.FetchPartition;
import dev.millrace.wire.message.FetchResponse;
import dev.millrace.wire.message.FetchResponse.FetchableTopicResponse;
import dev.millrace.wire.message.FetchResponse.PartitionData;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Clients that use sessions hold their picture of the partitions against what a request outside a
 * session would be told at that moment.
 */
@Tag("fuzz")
class FetchSessionsFuzzTest {
  private static final int ROUNDS = Integer.getInteger("millrace.fuzz.rounds", 20);
  private static final long SEED =
      Long.getLong("millrace.seed", Long.getLong("millrace.fuzz.from", 1));
  private static final int STEPS = 400;
  private static final int PARTITIONS = 12;

  @Test
  void aSessionTellsWhatAWholeAnswerWould() {
    for (int round = 0; round < ROUNDS; round++) {
      new Run(SEED + round).run();
    }
  }

  /** What a partition would answer now. */
  private record Truth(short error, long highWatermark, long logStart) {}

  private static final class Run {
    private final long seed;
    private final Random random;
    private final FetchSessions sessions;
    private final Truth[] truth = new Truth[PARTITIONS];
    private final List<Client> clients = new ArrayList<>();
    private final Set<Integer> ids = new HashSet<>();
    private long nowMs;

    Run(long seed) {
      this.seed = seed;
      random = new Random(seed);
      sessions = new FetchSessions(3, random);
      for (int i = 0; i < PARTITIONS; i++) {
        truth[i] = new Truth((short) 0, 0, 0);
      }
      for (int i = 0; i < 5; i++) {
        clients.add(new Client());
      }
    }

    void run() {
      for (int step = 0; step < STEPS; step++) {
        nowMs += random.nextInt(10) == 0 ? random.nextLong(FetchSessions.IDLE_MS * 2) : 10;
        change(random.nextInt(PARTITIONS));
        clients.get(random.nextInt(clients.size())).fetch();
        assertThat(sessions.size()).as("seed=%d", seed).isLessThanOrEqualTo(3);
      }
      for (int id : ids) {
        sessions.begin(new FetchQuery(id, -1, false, List.of(), List.of()), nowMs);
      }
      assertThat(sessions.size()).as("seed=%d", seed).isZero();
      assertThat(sessions.partitions()).as("seed=%d", seed).isZero();
    }

    private void change(int i) {
      Truth old = truth[i];
      truth[i] =
          switch (random.nextInt(4)) {
            case 0 -> new Truth((short) 0, old.highWatermark() + 1, old.logStart());
            case 1 -> new Truth((short) 0, old.highWatermark(), old.logStart() + 1);
            case 2 -> new Truth((short) 6, old.highWatermark(), old.logStart());
            default -> old;
          };
    }

    private PartitionData data(int i) {
      Truth now = truth[i];
      boolean failed = now.error() != 0;
      return PartitionData.builder()
          .partitionIndex(i)
          .errorCode(now.error())
          .highWatermark(failed ? -1 : now.highWatermark())
          .logStartOffset(failed ? -1 : now.logStart())
          .build();
    }

    /** A client that keeps a session as long as it can. */
    private final class Client {
      private int id;
      private int epoch;
      private Set<Integer> inSession = new HashSet<>();
      private final Map<Integer, PartitionData> told = new HashMap<>();

      void fetch() {
        Set<Integer> wanted = new HashSet<>();
        for (int i = 0; i < PARTITIONS; i++) {
          if (random.nextInt(3) > 0) {
            wanted.add(i);
          }
        }
        boolean whole = id == 0 || random.nextInt(20) == 0;
        FetchQuery query = whole ? wholeQuery(wanted) : incrementalQuery(wanted);
        FetchTurn turn = sessions.begin(query, nowMs);
        if (turn instanceof FetchTurn.Refused refused) {
          assertThat(refused.error())
              .as("seed=%d", seed)
              .isEqualTo(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
          id = 0;
          return;
        }
        if (random.nextInt(15) == 0) {
          turn.abandon();
          id = 0;
          return;
        }
        take(turn, wanted, whole);
      }

      private void take(FetchTurn turn, Set<Integer> wanted, boolean whole) {
        List<FetchTurn.Outcome> outcomes = new ArrayList<>();
        for (FetchTarget target : turn.targets()) {
          outcomes.add(new FetchTurn.Outcome(target, data(target.index())));
        }
        FetchResponse response = turn.answer(outcomes);
        if (whole) {
          told.clear();
        }
        told.keySet().retainAll(wanted);
        for (FetchableTopicResponse topic : response.responses()) {
          topic.partitions().forEach(data -> told.put(data.partitionIndex(), data));
        }
        Map<Integer, PartitionData> expected = new HashMap<>();
        wanted.forEach(i -> expected.put(i, data(i)));
        assertThat(told).as("seed=%d", seed).isEqualTo(expected);
        epoch = response.sessionId() == id && !whole ? epoch + 1 : 1;
        id = response.sessionId();
        ids.add(id);
        inSession = wanted;
      }

      private FetchQuery wholeQuery(Set<Integer> wanted) {
        int sessionEpoch = random.nextInt(5) == 0 ? -1 : 0;
        return new FetchQuery(id, sessionEpoch, false, targets(wanted), List.of());
      }

      private FetchQuery incrementalQuery(Set<Integer> wanted) {
        Set<Integer> added = new HashSet<>(wanted);
        added.removeIf(i -> inSession.contains(i) && random.nextInt(4) > 0);
        Set<Integer> forgotten = new HashSet<>(inSession);
        forgotten.removeAll(wanted);
        return new FetchQuery(id, epoch, false, targets(added), targets(forgotten));
      }

      private List<FetchTarget> targets(Set<Integer> indexes) {
        List<FetchTarget> targets = new ArrayList<>();
        for (int i : indexes) {
          FetchPartition partition = FetchPartition.builder().partition(i).build();
          targets.add(new FetchTarget("t", Uuid.ZERO, partition));
        }
        return targets;
      }
    }
  }
}
