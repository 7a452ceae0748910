package dev.millrace.log.index;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.disk.Disk.Access;
import dev.millrace.base.disk.DiskException.Kind;
import dev.millrace.base.disk.DiskFile;
import dev.millrace.base.sim.DiskFaults;
import dev.millrace.base.sim.DiskFaults.Operation;
import dev.millrace.base.sim.SimClock;
import dev.millrace.base.sim.SimDisk;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The indexes against a linear scan over what was put into them. */
class EntryFileTest {
  private static final Path PATH = Path.of("/i");
  private static final long BASE = 1_000_000_000_000L;

  private final SimDisk disk = new SimDisk(new SimClock(0));

  private OffsetIndex index(boolean fresh) {
    return new OffsetIndex(disk, () -> PATH, BASE, fresh);
  }

  @Test
  void findsWhatALinearScanFinds() {
    long seed = Long.getLong("millrace.seed", 1);
    for (int round = 0; round < 30; round++, seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      disk.delete(PATH);
      OffsetIndex index = index(true);
      List<OffsetIndex.Entry> entries = new ArrayList<>();
      for (int step = 0; step < 40; step++) {
        index = change(index, entries, random);
        check(index, entries, random, seed);
      }
    }
  }

  private OffsetIndex change(
      OffsetIndex index, List<OffsetIndex.Entry> entries, SplittableRandom random) {
    switch (random.nextInt(6)) {
      case 0 -> index.flush();
      case 1 -> {
        index.flush();
        index.close();
        return index(false);
      }
      case 2 -> {
        if (random.nextInt(3) == 0) {
          long offset = BASE + random.nextInt(1, 20_000);
          index.truncate(offset);
          entries.removeIf(entry -> entry.lastOffset() >= offset);
        }
      }
      default -> {
        for (int i = random.nextInt(300); i > 0; i--) {
          OffsetIndex.Entry last =
              entries.isEmpty() ? new OffsetIndex.Entry(BASE, 0) : entries.getLast();
          OffsetIndex.Entry next =
              new OffsetIndex.Entry(
                  last.lastOffset() + random.nextInt(1, 5), last.position() + random.nextInt(1, 9));
          entries.add(next);
          index.append(next.lastOffset(), next.position());
        }
      }
    }
    return index;
  }

  private static void check(
      OffsetIndex index, List<OffsetIndex.Entry> entries, SplittableRandom random, long seed) {
    assertThat(index.count()).as("seed=%s", seed).isEqualTo(entries.size());
    assertThat(index.last())
        .as("seed=%s", seed)
        .isEqualTo(entries.isEmpty() ? null : entries.getLast());
    long forward = BASE + random.nextInt(-2, 10_000);
    for (int i = 0; i < 30; i++) {
      forward += random.nextInt(0, 300);
      long offset = i % 3 == 0 ? BASE + random.nextInt(-2, 30_000) : forward;
      OffsetIndex.Entry expected = null;
      for (OffsetIndex.Entry entry : entries) {
        expected = entry.lastOffset() <= offset ? entry : expected;
      }
      assertThat(index.floor(offset)).as("seed=%s offset=%s", seed, offset).isEqualTo(expected);
      checkAbove(
          index, entries, i % 3 == 0 ? random.nextInt(60_000) : (int) (forward - BASE), seed);
    }
  }

  private static void checkAbove(
      OffsetIndex index, List<OffsetIndex.Entry> entries, int position, long seed) {
    long expected =
        entries.stream()
            .filter(entry -> entry.position() >= position)
            .mapToLong(entry -> entry.lastOffset() + 1)
            .findFirst()
            .orElse(Long.MAX_VALUE);
    assertThat(index.above(position)).as("seed=%s position=%s", seed, position).isEqualTo(expected);
  }

  @Test
  void writesEntriesInBlocks() {
    OffsetIndex index = index(true);
    for (int i = 0; i < EntryFile.TAIL_ENTRIES; i++) {
      index.append(BASE + 1 + i, 1 + i);
    }
    assertThat(disk.exists(PATH)).isFalse();
    index.append(BASE + 5000, 5000);
    assertThat(disk.size(PATH)).isEqualTo(EntryFile.TAIL_ENTRIES * OffsetIndex.ENTRY_BYTES);
  }

  @Test
  void growsInMemoryWhileTheDiskIsFull() {
    OffsetIndex index = index(true);
    disk.faults(DiskFaults.every(Set.of(Operation.WRITE), Kind.FULL));
    for (int i = 0; i < 2000; i++) {
      index.append(BASE + 1 + i, 1 + i);
    }
    assertThat(index.floor(BASE + 1500)).isEqualTo(new OffsetIndex.Entry(BASE + 1500, 1500));
    disk.faults(DiskFaults.none());
    index.flush();
    assertThat(index(false).count()).isEqualTo(2000);
  }

  @Test
  void zerosBehindTheLastEntryDoNotCount() {
    try (DiskFile file = disk.open(PATH, Access.CREATE)) {
      ByteBuffer content = ByteBuffer.allocate(10_000);
      content.putInt(4).putInt(4100).putInt(9).putInt(8300);
      file.write(content.clear(), 0);
    }
    OffsetIndex index = index(false);
    assertThat(index.count()).isEqualTo(2);
    assertThat(index.last()).isEqualTo(new OffsetIndex.Entry(BASE + 9, 8300));
    index.trim();
    assertThat(disk.size(PATH)).isEqualTo(2 * OffsetIndex.ENTRY_BYTES);
  }

  @Test
  void timesRise() {
    TimeIndex index = new TimeIndex(disk, () -> PATH, BASE, true);
    index.appendIfLater(-1, BASE);
    index.appendIfLater(100, BASE + 1);
    index.appendIfLater(100, BASE + 2);
    index.appendIfLater(50, BASE + 3);
    index.appendIfLater(300, BASE + 4);
    assertThat(index.count()).isEqualTo(2);
    assertThat(index.floor(299)).isEqualTo(new TimeIndex.Entry(100, BASE + 1));
    assertThat(index.floor(99)).isNull();
    index.truncate(BASE + 4);
    assertThat(index.last()).isEqualTo(new TimeIndex.Entry(100, BASE + 1));
  }

  @Test
  void abortedTransactionsAreFoundByTheirOffsets() {
    TransactionIndex index = new TransactionIndex(disk, () -> PATH, true);
    AbortedTransaction first = new AbortedTransaction(1, 0, 10, 5);
    AbortedTransaction second = new AbortedTransaction(2, 5, 20, 21);
    AbortedTransaction third = new AbortedTransaction(1, 25, 30, 31);
    List.of(first, second, third).forEach(index::append);
    List<AbortedTransaction> found = new ArrayList<>();
    assertThat(index.collect(0, 15, found)).isTrue();
    assertThat(found).containsExactly(first, second);
    found.clear();
    assertThat(index.collect(11, 100, found)).isFalse();
    assertThat(found).containsExactly(second, third);
    assertThat(index.truncate(20)).isTrue();
    assertThat(index.count()).isEqualTo(1);
  }
}
