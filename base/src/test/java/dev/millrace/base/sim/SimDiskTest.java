package dev.millrace.base.sim;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.base.disk.BlockFile;
import dev.millrace.base.disk.Disk.Access;
import dev.millrace.base.disk.DiskException;
import dev.millrace.base.disk.DiskException.Kind;
import dev.millrace.base.disk.DiskFile;
import dev.millrace.base.sim.DiskFaults.Operation;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SimDiskTest {
  private static final Path FILE = Path.of("/d/f");

  private final SimDisk disk = new SimDisk(new SimClock(0));

  private DiskFile syncedFile(String content) {
    disk.createDirectories(Path.of("/d"));
    DiskFile file = disk.open(FILE, Access.CREATE);
    file.write(bytes(content), 0);
    file.sync();
    disk.syncDirectory(Path.of("/d"));
    disk.syncDirectory(Path.of("/"));
    return file;
  }

  @Test
  void forgetsBytesThatWereNotSynced() {
    DiskFile file = syncedFile("abc");
    file.write(bytes("XYZ"), 1);
    assertThat(text(disk)).isEqualTo("aXYZ");
    assertThat(text(disk.crashed(Crash.losingUnsynced()))).isEqualTo("abc");
    SimDisk killed = disk.crashed(Crash.ofProcess());
    assertThat(text(killed)).isEqualTo("aXYZ");
    assertThat(text(killed.crashed(Crash.losingUnsynced()))).isEqualTo("abc");
    file.sync();
    assertThat(text(disk.crashed(Crash.losingUnsynced()))).isEqualTo("aXYZ");
  }

  @Test
  void blocksLastAndAreTornOnlyByAFault() {
    syncedFile("x".repeat(2 * BlockFile.BLOCK_BYTES));
    BlockFile blocks = Objects.requireNonNull(disk.blocks(FILE));
    ByteBuffer buffer = BlockFile.buffer(BlockFile.BLOCK_BYTES);
    blocks.write(buffer.duplicate(), 0);
    assertThat(text(disk.crashed(Crash.losingUnsynced()))).startsWith("\0\0").endsWith("xx");
    disk.faults(DiskFaults.every(Set.of(DiskFaults.Operation.WRITE_BLOCKS), Kind.FAILED));
    assertThatThrownBy(() -> blocks.write(buffer.duplicate(), BlockFile.BLOCK_BYTES))
        .isInstanceOf(DiskException.class);
    assertThat(text(disk.crashed(Crash.losingUnsynced()))).endsWith("xx");
    assertThat(text(disk.crashed(Crash.cutting(FILE, 512)))).endsWith("xx").contains("\0x");
  }

  @Test
  void nothingIsInMemoryBeforeItIsLoaded() {
    DiskFile file = syncedFile("abc");
    disk.dropCache();
    assertThat(file.isResident(0, 3)).isFalse();
    file.load(0, 3);
    assertThat(file.isResident(0, 3)).isTrue();
    DiskFile next =
        disk.crashed(Crash.ofProcess())
            .open(Path.of("/d/f"), dev.millrace.base.disk.Disk.Access.READ);
    assertThat(next.isResident(0, 3)).isFalse();
  }

  @Test
  void forgetsNamesThatWereNotSynced() {
    syncedFile("abc").sync();
    DiskFile other = disk.open(Path.of("/d/g"), Access.CREATE);
    other.write(bytes("x"), 0);
    other.sync();
    disk.rename(FILE, Path.of("/d/h"));
    SimDisk next = disk.crashed(Crash.losingUnsynced());
    assertThat(next.list(Path.of("/d"))).containsExactly("f");
    disk.syncDirectory(Path.of("/d"));
    next = disk.crashed(Crash.losingUnsynced());
    assertThat(next.list(Path.of("/d"))).containsExactly("g", "h");
    assertThat(next.usedBytes()).isEqualTo(4);
  }

  @Test
  void cutsTheUnsyncedWritesAtAnyByte() {
    DiskFile file = syncedFile("abc");
    file.write(bytes("de"), 3);
    file.write(bytes("fg"), 5);
    assertThat(disk.unsyncedBytes(FILE)).isEqualTo(4);
    for (int cut = 0; cut <= 4; cut++) {
      assertThat(text(disk.crashed(Crash.cutting(FILE, cut))))
          .isEqualTo("abcdefg".substring(0, 3 + cut));
    }
  }

  @Test
  void tearsAndReordersButNeverTouchesWhatIsSynced() {
    DiskFile file = syncedFile("abc");
    file.write(bytes("d"), 3);
    file.write(bytes("e"), 4);
    file.truncate(4);
    file.write(bytes("f"), 4);
    Set<String> seen = new HashSet<>();
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 500; i++) {
      SimDisk crashed = disk.crashed(Crash.random(random));
      String text = text(crashed);
      assertThat(text).startsWith("abc");
      seen.add(text);
    }
    assertThat(seen).contains("abc", "abcd", "abcdf", "abc\0f", "abcde", "abc\0e");
  }

  @Test
  void aFailedSyncLosesTheBytesForGood() {
    DiskFile file = syncedFile("abc");
    file.write(bytes("d"), 3);
    disk.faults(DiskFaults.nth(1, Set.of(Operation.SYNC), Kind.FAILED));
    assertThatThrownBy(file::sync).isInstanceOf(DiskException.class);
    file.sync();
    file.write(bytes("e"), 4);
    file.sync();
    assertThat(text(disk)).isEqualTo("abcde");
    assertThat(text(disk.crashed(Crash.losingUnsynced()))).isEqualTo("abc\0e");
  }

  @Test
  void aFullDiskWritesWhatFits() {
    DiskFile file = syncedFile("abc");
    disk.capacityBytes(5);
    assertThatThrownBy(() -> file.write(bytes("defg"), 3))
        .isInstanceOfSatisfying(
            DiskException.class, fault -> assertThat(fault.kind()).isEqualTo(Kind.FULL));
    assertThat(text(disk)).isEqualTo("abcde");
    file.write(bytes("X"), 0);
    file.truncate(1);
    file.write(bytes("1234"), 1);
    assertThat(text(disk)).isEqualTo("X1234");
    disk.delete(FILE);
    assertThat(disk.usedBytes()).isZero();
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(UTF_8));
  }

  private static String text(SimDisk disk) {
    try (DiskFile file = disk.open(FILE, Access.READ)) {
      ByteBuffer target = ByteBuffer.allocate((int) file.size());
      file.read(target, 0);
      return new String(target.array(), UTF_8);
    }
  }
}
