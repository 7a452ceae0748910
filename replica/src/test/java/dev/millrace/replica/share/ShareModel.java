package dev.millrace.replica.share;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.replica.share.SharePartition.Outcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A share partition beside the plainest model of it: one entry an offset. Every answer of the
 * partition is compared with what the model allows.
 */
final class ShareModel {
  private static final int LENGTH = 240;
  private static final List<String> MEMBERS = List.of("a", "b", "c");
  private final Random random;
  private final ShareLimits limits;
  private final List<FoundBatch> log = new ArrayList<>();
  private final boolean[] deliverable = new boolean[LENGTH];

  // the truth of the group, by offset
  private final @Nullable String[] holder = new String[LENGTH];
  private final long[] dueMs = new long[LENGTH];
  private final int[] count = new int[LENGTH];
  private final boolean[] accepted = new boolean[LENGTH];
  private final boolean[] archived = new boolean[LENGTH];
  private final boolean[] archiving = new boolean[LENGTH];
  private final boolean[] gaps = new boolean[LENGTH];

  // what came to the dead-letter queue: how often, and whether by this leader
  private final int[] letters = new int[LENGTH];
  private final boolean[] lettersNow = new boolean[LENGTH];
  private List<DeadLetters> burying = List.of();

  private final @Nullable AcknowledgeType[] said = new AcknowledgeType[LENGTH];
  private final long[] saidIn = new long[LENGTH];

  // what was saved, by offset
  private final RecordState[] savedState = new RecordState[LENGTH];
  private final int[] savedCount = new int[LENGTH];
  private long savedStart;

  private SharePartition partition = new SharePartition(0, List.of());
  private @Nullable ShareWrite running;
  private long logStart;
  private long nowMs;

  ShareModel(long seed) {
    random = new Random(seed);
    limits = new ShareLimits(60, 1_000, 5, seed % 2 == 0);
    Arrays.fill(savedState, RecordState.AVAILABLE);
    for (int at = 0; at < LENGTH - 12; ) {
      int first = at + (random.nextInt(6) == 0 ? random.nextInt(4) : 0);
      int last = first + random.nextInt(8);
      boolean records = random.nextInt(7) != 0;
      log.add(new FoundBatch(first, last, records));
      Arrays.fill(deliverable, first, last + 1, records);
      at = last + 1;
    }
  }

  void step() {
    switch (random.nextInt(13)) {
      case 0, 1, 2, 3 -> acquire(MEMBERS.get(random.nextInt(3)), query());
      case 4, 5, 6 -> acknowledge(MEMBERS.get(random.nextInt(3)));
      case 7 -> begin();
      case 8 -> end(random.nextInt(4) != 0);
      case 9 -> expire();
      case 10 -> rare();
      case 11 -> {
        if (random.nextBoolean()) {
          beginLetters();
        } else {
          endLetters();
        }
      }
      default -> acknowledgeWhatIsNotHeld(MEMBERS.get(random.nextInt(3)));
    }
    assertThat(partition.runs()).isLessThanOrEqualTo(limits.locksMax() + 12);
  }

  private void rare() {
    switch (random.nextInt(4)) {
      case 0 -> leave(MEMBERS.get(random.nextInt(3)));
      case 1 -> reload();
      case 2 -> trim();
      default -> nowMs += random.nextInt(300);
    }
  }

  private ShareQuery query() {
    return new ShareQuery(1 + random.nextInt(20), 1 + random.nextInt(20), random.nextBoolean());
  }

  private List<AcquiredRecords> acquire(String member, ShareQuery query) {
    long from = partition.nextOffset(limits);
    if (from < 0) {
      assertThat(partition.endOffset() - partition.startOffset())
          .isGreaterThanOrEqualTo(limits.locksMax());
      return List.of();
    }
    List<FoundBatch> batches =
        log.stream().filter(batch -> batch.last() >= from).limit(1 + random.nextInt(6)).toList();
    List<AcquiredRecords> acquired =
        partition.acquire(member, query, new Reading(from, batches), limits, nowMs);
    long records = 0;
    for (AcquiredRecords run : acquired) {
      records += run.count();
      for (long offset = run.first(); offset <= run.last(); offset++) {
        given((int) offset, member, run.deliveryCount());
      }
    }
    if (query.strict()) {
      assertThat(records).isLessThanOrEqualTo(query.recordsMax());
    }
    assertThat(partition.endOffset() - partition.startOffset())
        .isLessThanOrEqualTo(limits.locksMax() + 12L);
    return acquired;
  }

  private void given(int offset, String member, int deliveryCount) {
    assertThat(deliverable[offset]).as("a record lies at %s", offset).isTrue();
    assertThat(holder[offset]).as("nobody has %s", offset).isNull();
    assertThat(accepted[offset] || archived[offset]).as("%s is done with", offset).isFalse();
    assertThat(archiving[offset]).as("%s is given up", offset).isFalse();
    assertThat(letters[offset]).as("%s is in the dead-letter queue", offset).isZero();
    assertThat((long) offset).isGreaterThanOrEqualTo(logStart);
    assertThat(deliveryCount).as("deliveries of %s", offset).isEqualTo(count[offset] + 1);
    assertThat(deliveryCount).isLessThanOrEqualTo(limits.deliveryCountMax());
    holder[offset] = member;
    dueMs[offset] = nowMs + limits.lockMs();
    count[offset] = deliveryCount;
  }

  private void acknowledge(String member) {
    TreeSet<Integer> mine = new TreeSet<>();
    for (int offset = (int) logStart; offset < LENGTH; offset++) {
      if (member.equals(holder[offset]) && said[offset] == null && random.nextInt(5) != 0) {
        mine.add(offset);
      }
    }
    if (mine.isEmpty()) {
      return;
    }
    int first = mine.getFirst();
    int last = first;
    List<AcknowledgeType> types = new ArrayList<>();
    for (int offset = first; mine.contains(offset); offset++) {
      types.add(AcknowledgeType.of((byte) random.nextInt(5)));
      last = offset;
    }
    boolean same = random.nextBoolean();
    Acknowledgement one =
        same
            ? Acknowledgement.of(first, last, types.getFirst())
            : new Acknowledgement(first, last, types);
    Outcome outcome = partition.acknowledge(member, List.of(one), limits, nowMs);
    boolean waits = false;
    for (int offset = first; offset <= last; offset++) {
      AcknowledgeType type = types.get(same ? 0 : offset - first);
      if (type == AcknowledgeType.RENEW) {
        dueMs[offset] = nowMs + limits.lockMs();
      } else {
        said[offset] = type;
        waits = true;
        saidIn[offset] = outcome instanceof Outcome.Waiting waiting ? waiting.write() : -1;
      }
    }
    assertThat(outcome).isInstanceOf(waits ? Outcome.Waiting.class : Outcome.Done.class);
  }

  private void acknowledgeWhatIsNotHeld(String member) {
    int offset = (int) logStart + random.nextInt(LENGTH - (int) logStart);
    if (offset < partition.startOffset()
        || (member.equals(holder[offset]) && said[offset] == null)) {
      return;
    }
    assertThat(
            partition.acknowledge(
                member,
                List.of(Acknowledgement.of(offset, offset, AcknowledgeType.ACCEPT)),
                limits,
                nowMs))
        .isInstanceOf(Outcome.Refused.class);
  }

  private void begin() {
    ShareWrite write = partition.beginWrite();
    if (running != null) {
      assertThat(write).as("one write at a time").isNull();
    } else {
      running = write;
    }
  }

  private void end(boolean succeeded) {
    ShareWrite write = running;
    if (write == null) {
      return;
    }
    running = null;
    if (succeeded) {
      save(write);
    }
    partition.endWrite(succeeded);
    for (int offset = 0; offset < LENGTH; offset++) {
      AcknowledgeType type = said[offset];
      if (type != null && saidIn[offset] == write.number()) {
        said[offset] = null;
        if (succeeded) {
          done(offset, type);
        }
      }
    }
  }

  private void done(int offset, AcknowledgeType type) {
    holder[offset] = null;
    switch (type) {
      case ACCEPT -> {
        assertThat(accepted[offset]).as("%s accepted once", offset).isFalse();
        accepted[offset] = true;
        assertThat(offset < savedStart || savedState[offset] == RecordState.ACKNOWLEDGED)
            .as("%s is saved as acknowledged", offset)
            .isTrue();
      }
      case GAP -> {
        gaps[offset] = true;
        archived[offset] = true;
      }
      case REJECT -> givenUp(offset);
      default -> returned(offset);
    }
  }

  private void returned(int offset) {
    holder[offset] = null;
    if (count[offset] >= limits.deliveryCountMax()) {
      givenUp(offset);
    }
  }

  private void givenUp(int offset) {
    archiving[offset] = limits.deadLetters();
    archived[offset] = !limits.deadLetters();
  }

  private void beginLetters() {
    List<DeadLetters> begun = partition.beginDeadLetters();
    if (!burying.isEmpty()) {
      assertThat(begun).as("one way at a time").isEmpty();
      return;
    }
    burying = begun;
    for (DeadLetters run : begun) {
      for (int offset = (int) run.first(); offset <= run.last(); offset++) {
        assertThat(archiving[offset]).as("%s is given up", offset).isTrue();
        assertThat(savedState[offset].isArchiving()).as("%s is saved as it", offset).isTrue();
        assertThat(lettersNow[offset]).as("%s was written by this leader", offset).isFalse();
        assertThat(run.deliveryCount()).isEqualTo(count[offset]);
        letters[offset]++;
        lettersNow[offset] = true;
      }
    }
  }

  private void endLetters() {
    partition.endDeadLetters();
    for (DeadLetters run : burying) {
      for (int offset = (int) run.first(); offset <= run.last(); offset++) {
        archiving[offset] = false;
        archived[offset] = true;
      }
    }
    burying = List.of();
  }

  /** Saves as the share coordinator does: the larger count wins, then the larger state. */
  private void save(ShareWrite write) {
    assertThat(write.startOffset()).isGreaterThanOrEqualTo(savedStart);
    savedStart = write.startOffset();
    for (StateBatch batch : write.batches()) {
      for (int offset = (int) batch.first(); offset <= batch.last(); offset++) {
        boolean wins =
            batch.deliveryCount() != savedCount[offset]
                ? batch.deliveryCount() > savedCount[offset]
                : batch.state().id() > savedState[offset].id();
        if (wins) {
          savedState[offset] = batch.state();
          savedCount[offset] = batch.deliveryCount();
        }
      }
    }
  }

  private void expire() {
    nowMs += random.nextInt(800);
    partition.expire(limits, nowMs);
    for (int offset = 0; offset < LENGTH; offset++) {
      if (holder[offset] != null && said[offset] == null && dueMs[offset] <= nowMs) {
        returned(offset);
      }
    }
    assertThat(partition.nextDueMs())
        .satisfiesAnyOf(
            due -> assertThat(due).isEqualTo(-1), due -> assertThat(due).isGreaterThan(nowMs));
  }

  private void leave(String member) {
    partition.release(member, limits);
    for (int offset = 0; offset < LENGTH; offset++) {
      if (member.equals(holder[offset]) && said[offset] == null) {
        returned(offset);
      }
    }
  }

  private void trim() {
    logStart = Math.min(logStart + random.nextInt(20), partition.endOffset());
    partition.trim(logStart);
    for (int offset = 0; offset < logStart; offset++) {
      holder[offset] = null;
      said[offset] = null;
    }
  }

  /** The leader fails: what was not saved is forgotten. A write on its way may get there or not. */
  private void reload() {
    if (running != null && random.nextBoolean()) {
      save(running);
      landed(running.number());
    }
    running = null;
    List<StateBatch> batches = new ArrayList<>();
    for (int offset = (int) savedStart; offset < LENGTH; offset++) {
      if (savedCount[offset] > 0 || savedState[offset].isTerminal()) {
        batches.add(new StateBatch(offset, offset, read(offset), savedCount[offset]));
      }
      accepted[offset] = savedState[offset] == RecordState.ACKNOWLEDGED;
      archived[offset] = savedState[offset] == RecordState.ARCHIVED;
      archiving[offset] = savedState[offset].isArchiving();
      assertThat(savedCount[offset]).isLessThanOrEqualTo(count[offset]);
      count[offset] = savedCount[offset];
    }
    Arrays.fill(holder, null);
    Arrays.fill(said, null);
    Arrays.fill(lettersNow, false);
    burying = List.of();
    partition = new SharePartition(savedStart, batches);
    partition.trim(logStart);
  }

  /** The state as it is read again, by its number. */
  private RecordState read(int offset) {
    boolean exhausted = savedCount[offset] >= limits.deliveryCountMax();
    return Objects.requireNonNull(RecordState.saved(savedState[offset].id(), exhausted));
  }

  /** A write got there, though nobody was told: acknowledgements in it hold. */
  private void landed(long write) {
    for (int offset = 0; offset < LENGTH; offset++) {
      if (said[offset] == AcknowledgeType.ACCEPT && saidIn[offset] == write) {
        accepted[offset] = true;
      }
      gaps[offset] |= said[offset] == AcknowledgeType.GAP && saidIn[offset] == write;
      if (said[offset] == null || saidIn[offset] != write || offset >= savedStart) {
        continue;
      }
      archived[offset] |= said[offset] != AcknowledgeType.ACCEPT;
    }
  }

  /** Everybody accepts whatever comes: in the end nothing is left. */
  void checkThatNothingIsLost() {
    end(true);
    MEMBERS.forEach(this::leave);
    for (int round = 0; round < 4 * LENGTH; round++) {
      nowMs += limits.lockMs();
      partition.expire(limits, nowMs);
      save();
      beginLetters();
      endLetters();
      for (AcquiredRecords run : acquire("a", new ShareQuery(50, 50, false))) {
        Outcome outcome =
            partition.acknowledge(
                "a",
                List.of(Acknowledgement.of(run.first(), run.last(), AcknowledgeType.ACCEPT)),
                limits,
                nowMs);
        assertThat(outcome).isInstanceOf(Outcome.Waiting.class);
        for (long offset = run.first(); offset <= run.last(); offset++) {
          said[(int) offset] = AcknowledgeType.ACCEPT;
          saidIn[(int) offset] = ((Outcome.Waiting) outcome).write();
        }
      }
      save();
    }
    long end = log.getLast().last() + 1;
    assertThat(partition.startOffset()).as("everything is done with").isEqualTo(end);
    for (int offset = (int) logStart; offset < end; offset++) {
      assertThat(!deliverable[offset] || accepted[offset] || archived[offset])
          .as("%s is accounted for", offset)
          .isTrue();
      boolean givenUp = deliverable[offset] && archived[offset] && !gaps[offset];
      assertThat(letters[offset] > 0)
          .as("%s is in the dead-letter queue", offset)
          .isEqualTo(givenUp && limits.deadLetters());
    }
    assertThat(savedStart).isEqualTo(end);
  }

  private void save() {
    begin();
    end(true);
  }
}
