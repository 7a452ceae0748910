package dev.millrace.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.wire.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WaitsTest {
  @Test
  void appendsAreSettledInTheOrderOfTheirOffsets() {
    long seed = Long.getLong("millrace.seed", Long.getLong("millrace.fuzz.from", 1));
    Random random = new Random(seed);
    CommitWaits waits = new CommitWaits();
    List<Long> settled = new ArrayList<>();
    List<CommitWaits.Wait> open = new ArrayList<>();
    long added = 0;
    long cancelled = 0;
    for (long step = 0; step < 2_000; step++) {
      long end = step + random.nextInt(5);
      CommitWaits.Wait wait = new CommitWaits.Wait(end, error -> settled.add(end));
      waits.add(wait);
      open.add(wait);
      added++;
      if (random.nextInt(10) == 0 && waits.remove(open.get(random.nextInt(open.size())))) {
        cancelled++;
      }
      if (random.nextInt(20) == 0) {
        settleUpTo(waits, step);
        assertThat(settled).as("seed=%d", seed).allMatch(s -> s <= end);
      }
    }
    settleUpTo(waits, Long.MAX_VALUE);
    assertThat(settled).as("seed=%d", seed).isSorted().hasSize((int) (added - cancelled));
    assertThat(waits.size()).as("seed=%d", seed).isZero();
  }

  @Test
  void failingSettlesAllWithTheError() {
    CommitWaits waits = new CommitWaits();
    List<ErrorCode> errors = new ArrayList<>();
    waits.add(new CommitWaits.Wait(5, errors::add));
    waits.add(new CommitWaits.Wait(7, errors::add));
    CommitWaits.Wait next = waits.pollFailed(ErrorCode.KAFKA_STORAGE_ERROR);
    while (next != null) {
      next.settle();
      next = waits.pollFailed(ErrorCode.KAFKA_STORAGE_ERROR);
    }
    assertThat(errors)
        .containsExactly(ErrorCode.KAFKA_STORAGE_ERROR, ErrorCode.KAFKA_STORAGE_ERROR);
  }

  @Test
  void readersOfBothKindsAreToldApart() {
    ReadWaits waits = new ReadWaits();
    Counting any = new Counting();
    Counting committed = new Counting();
    ReadWaits.Wait place = new ReadWaits.Wait(any, ReadWaits.Until.HIGH_WATERMARK);
    waits.add(place);
    waits.add(new ReadWaits.Wait(committed, ReadWaits.Until.LAST_STABLE_OFFSET));
    waits.grew(ReadWaits.Until.HIGH_WATERMARK, 10);
    waits.grew(ReadWaits.Until.LAST_STABLE_OFFSET, 3);
    waits.disturb();
    assertThat(waits.remove(place)).isTrue();
    assertThat(waits.remove(place)).isFalse();
    waits.grew(ReadWaits.Until.HIGH_WATERMARK, 10);
    assertThat(any.bytes).isEqualTo(10);
    assertThat(committed.bytes).isEqualTo(3);
    assertThat(any.disturbed).isOne();
    assertThat(waits.size()).isOne();
  }

  @Test
  void marksTellHowManyBytesAHighWatermarkIsWorth() {
    long seed = Long.getLong("millrace.seed", Long.getLong("millrace.fuzz.from", 1));
    Random random = new Random(seed);
    ByteMarks marks = new ByteMarks();
    long end = 0;
    long bytes = 0;
    long highWatermark = 0;
    for (int step = 0; step < 5_000; step++) {
      int appends = random.nextInt(4);
      for (int i = 0; i < appends; i++) {
        end += 1 + random.nextInt(3);
        bytes += 100;
        marks.appended(end, 100);
      }
      if (random.nextInt(3) == 0) {
        highWatermark += random.nextLong(end - highWatermark + 1);
        long passed = marks.passed(highWatermark);
        assertThat(passed).as("seed=%d", seed).isLessThanOrEqualTo(bytes);
        if (highWatermark == end) {
          assertThat(passed).as("seed=%d", seed).isEqualTo(bytes);
        }
      }
    }
  }

  @Test
  void recentAreTheLastBytesOfTheWholeNode() {
    RecentBytes.Window window = new RecentBytes.Window(6_400);
    RecentBytes busy = new RecentBytes(window);
    RecentBytes idle = new RecentBytes(window);
    assertThat(idle.isRecent(0)).isFalse();
    idle.appended(7, 100);
    assertThat(idle.isRecent(7)).isTrue();
    assertThat(idle.isRecent(6)).isFalse();
    for (int offset = 0; offset < 63; offset++) {
      busy.appended(offset, 100);
    }
    assertThat(idle.isRecent(7)).isTrue();
    assertThat(busy.isRecent(0)).isTrue();
    busy.appended(63, 101);
    assertThat(idle.isRecent(7)).isFalse();
    assertThat(busy.isRecent(0)).isFalse();
    assertThat(busy.isRecent(1)).isTrue();
    for (int offset = 64; offset < 1000; offset++) {
      busy.appended(offset, 100);
    }
    assertThat(busy.isRecent(935)).isFalse();
    assertThat(busy.isRecent(937)).isTrue();
    busy.truncated(950);
    busy.appended(950, 100);
    assertThat(busy.isRecent(949)).isTrue();
  }

  private static void settleUpTo(CommitWaits waits, long highWatermark) {
    CommitWaits.Wait next = waits.poll(highWatermark);
    while (next != null) {
      next.settle();
      next = waits.poll(highWatermark);
    }
  }

  private static final class Counting implements Reader {
    private long bytes;
    private int disturbed;

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
