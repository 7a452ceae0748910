package dev.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.sim.Crash;
import dev.millrace.base.sim.SimClock;
import dev.millrace.base.sim.SimDisk;
import dev.millrace.log.LeaderEpochs.End;
import dev.millrace.log.LogSettings.Retention;
import dev.millrace.log.RetentionRule.Candidate;
import dev.millrace.log.checkpoint.EpochCheckpoint.EpochStart;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The small rules: epochs, retention, the marks of what is on disk, recent batches. */
class LogRulesTest {
  @Test
  void epochsEndWhereTheNextBegins() {
    LeaderEpochs epochs = LeaderEpochs.NONE.with(2, 10).with(4, 20).with(7, 50);
    assertThat(epochs.endOf(7, 60)).isEqualTo(new End(7, 60));
    assertThat(epochs.endOf(8, 60)).isEqualTo(new End(-1, -1));
    assertThat(epochs.endOf(6, 60)).isEqualTo(new End(4, 50));
    assertThat(epochs.endOf(4, 60)).isEqualTo(new End(4, 50));
    assertThat(epochs.endOf(3, 60)).isEqualTo(new End(2, 20));
    assertThat(epochs.endOf(1, 60)).isEqualTo(new End(1, 10));
    assertThat(epochs.endOf(-1, 60)).isEqualTo(new End(-1, -1));
    assertThat(LeaderEpochs.NONE.endOf(0, 60)).isEqualTo(new End(-1, -1));
    assertThat(epochs.epochOf(9)).isEqualTo(-1);
    assertThat(epochs.epochOf(19)).isEqualTo(2);
    assertThat(epochs.epochOf(1000)).isEqualTo(7);
  }

  @Test
  void epochsWithoutRecordsAreForgotten() {
    LeaderEpochs epochs = LeaderEpochs.NONE.with(1, 0).with(2, 10).with(3, 10).with(3, 12);
    assertThat(epochs.starts()).containsExactly(new EpochStart(1, 0), new EpochStart(3, 10));
    assertThat(epochs.with(2, 20)).isSameAs(epochs);
    assertThat(epochs.upTo(10).starts()).containsExactly(new EpochStart(1, 0));
    assertThat(epochs.upTo(11)).isSameAs(epochs);
    assertThat(epochs.from(5).starts())
        .containsExactly(new EpochStart(1, 5), new EpochStart(3, 10));
    assertThat(epochs.from(30).starts()).containsExactly(new EpochStart(3, 30));
    assertThat(epochs.from(0)).isSameAs(epochs);
  }

  private static int expired(Retention retention, long start, long highWatermark) {
    List<Candidate> segments =
        List.of(
            new Candidate(10, 100, 1000),
            new Candidate(20, 100, 2000),
            new Candidate(30, 100, 1500),
            new Candidate(40, 50, 3000));
    return RetentionRule.expired(segments, retention, start, highWatermark, 4000);
  }

  @Test
  void retention() {
    assertThat(expired(new Retention(-1, -1, true, 0), 0, 40)).isZero();
    assertThat(expired(new Retention(-1, 150, true, 0), 0, 40)).isEqualTo(2);
    assertThat(expired(new Retention(-1, 0, true, 0), 0, 40)).isEqualTo(4);
    assertThat(expired(new Retention(-1, 0, true, 0), 0, 39)).isEqualTo(3);
    assertThat(expired(new Retention(2500, -1, true, 0), 0, 40)).isEqualTo(1);
    assertThat(expired(new Retention(1900, -1, true, 0), 0, 40)).isEqualTo(3);
    assertThat(expired(new Retention(0, 0, false, 0), 0, 40)).isZero();
    assertThat(expired(new Retention(0, 0, false, 0), 25, 40)).isEqualTo(2);
    assertThat(expired(new Retention(-1, -1, true, 0), 20, 15)).isEqualTo(1);
  }

  @Test
  void marksSurviveAKillAndPerhapsAPowerCut() {
    SimDisk disk = new SimDisk(new SimClock(0));
    DurableMarks marks = DurableMarks.open(disk, Path.of("/"));
    disk.syncDirectory(Path.of("/"));
    Uuid topic = new Uuid(1, 2);
    for (int partition = 0; partition < 100; partition++) {
      marks.put(topic, partition, partition * 10L);
    }
    marks.sync();
    marks.put(topic, 5, 51);
    marks.remove(topic, 6);
    DurableMarks killed = DurableMarks.open(disk.crashed(Crash.ofProcess()), Path.of("/"));
    assertThat(killed.durableEnd(topic, 5)).isEqualTo(51);
    assertThat(killed.durableEnd(topic, 6)).isEqualTo(DurableMarks.NONE);
    assertThat(killed.durableEnd(topic, 99)).isEqualTo(990);
    DurableMarks cut = DurableMarks.open(disk.crashed(Crash.losingUnsynced()), Path.of("/"));
    assertThat(cut.durableEnd(topic, 5)).isEqualTo(50);
    long size = disk.size(Path.of("/" + DurableMarks.NAME));
    marks.put(new Uuid(3, 4), 0, 1);
    assertThat(disk.size(Path.of("/" + DurableMarks.NAME))).isEqualTo(size);
    disk.flip(Path.of("/" + DurableMarks.NAME), 64 * 7 + 24, 1);
    assertThat(DurableMarks.open(disk, Path.of("/")).durableEnd(topic, 7))
        .isEqualTo(DurableMarks.NONE);
  }

  @Test
  void recentBatchesAreFoundByOffset() {
    RecentBatches recent = RecentBatches.NONE;
    for (int i = 0; i < 1000; i++) {
      recent = recent.append(100 + i * 3L, i * 70);
      int count = recent.count();
      assertThat(count).isBetween(Math.min(i + 1, RecentBatches.KEPT), 2 * RecentBatches.KEPT);
      long first = recent.baseOffset(0);
      assertThat(recent.find(first - 1, count)).isEqualTo(-1);
      for (long offset = first; offset < 103 + i * 3L; offset += 7) {
        int at = recent.find(offset, count);
        assertThat(recent.baseOffset(at)).isEqualTo(offset - (offset - 100) % 3);
        assertThat(recent.position(at)).isEqualTo((int) ((offset - 100) / 3 * 70));
      }
    }
  }
}
