package dev.millrace.base.disk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.base.disk.Disk.Access;
import dev.millrace.base.sim.SimClock;
import dev.millrace.base.sim.SimDisk;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What both disks promise, tried on both. */
class FileDiskTest {
  enum Kind {
    MACHINE,
    SIMULATED
  }

  @TempDir Path temporary;

  private Disk disk(Kind kind) {
    if (kind == Kind.MACHINE) {
      return FileDisk.INSTANCE;
    }
    SimDisk disk = new SimDisk(new SimClock(0));
    disk.createDirectories(temporary);
    return disk;
  }

  @ParameterizedTest
  @EnumSource
  void readsWhatWasWrittenAtAnyPosition(Kind kind) {
    Disk disk = disk(kind);
    try (DiskFile file = disk.open(temporary.resolve("a"), Access.CREATE)) {
      file.write(bytes("hello"), 10_000);
      file.write(new ByteBuffer[] {bytes("ab"), bytes("cd")}, 0);
      assertThat(file.size()).isEqualTo(10_005);
      assertThat(text(file, 10_000, 100)).isEqualTo("hello");
      assertThat(text(file, 0, 6)).isEqualTo("abcd\0\0");
      assertThat(text(file, 20_000, 5)).isEmpty();
      file.truncate(10_002);
      file.write(bytes("!"), 10_004);
      assertThat(text(file, 10_000, 100)).isEqualTo("he\0\0!");
      file.sync();
    }
  }

  @ParameterizedTest
  @EnumSource
  void syncsAWholeVolume(Kind kind) {
    Disk disk = disk(kind);
    try (Disk.Volume volume = disk.volume(temporary);
        DiskFile file = disk.open(temporary.resolve("a"), Access.CREATE)) {
      file.write(bytes("hello"), 0);
      if (volume != null) { // not every machine has a volume that can be trusted with it
        volume.writeOut(temporary.resolve("a"));
        volume.writeOut(temporary.resolve("missing"));
        volume.sync();
      }
      assertThat(disk instanceof SimDisk sim ? sim.unsyncedBytes(temporary.resolve("a")) : 0)
          .isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aHeldFileIsReadableUntilItIsReleased(Kind kind) {
    DiskFile file = disk(kind).open(temporary.resolve("a"), Access.CREATE);
    file.write(bytes("hello"), 0);
    file.hold();
    file.hold();
    file.close();
    file.release();
    assertThat(text(file, 0, 5)).isEqualTo("hello");
    file.close();
    file.release();
    assertThatThrownBy(() -> text(file, 0, 5)).isInstanceOf(DiskException.class);
    assertThatThrownBy(file::release).isInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @EnumSource
  void transfersARegion(Kind kind) throws IOException {
    Disk disk = disk(kind);
    try (DiskFile file = disk.open(temporary.resolve("a"), Access.WRITE)) {
      file.write(bytes("0123456789"), 0);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      assertThat(file.transferTo(3, 4, Channels.newChannel(out))).isEqualTo(4);
      assertThat(file.transferTo(8, 4, Channels.newChannel(out))).isEqualTo(2);
      assertThat(file.transferTo(10, 4, Channels.newChannel(out))).isZero();
      assertThat(out.toString(UTF_8)).isEqualTo("345689");
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatWasJustWrittenIsResident(Kind kind) {
    try (DiskFile file = disk(kind).open(temporary.resolve("a"), Access.CREATE)) {
      file.write(ByteBuffer.allocate(200_000), 0);
      assertThat(file.isResident(0, 200_000)).isTrue();
      assertThat(file.isResident(5_000, 100_000)).isTrue();
      file.load(150_000, 100_000);
      file.load(300_000, 10);
      assertThat(file.isResident(300_000, 10)).isTrue();
    }
  }

  /** A file system without such writes gives none, which is all that can be tried there. */
  @ParameterizedTest
  @EnumSource
  void writesWholeBlocks(Kind kind) {
    Disk disk = disk(kind);
    Path path = temporary.resolve("a");
    assertThat(disk.blocks(path)).isNull();
    try (DiskFile file = disk.open(path, Access.CREATE)) {
      file.write(ByteBuffer.allocate(4 * BlockFile.BLOCK_BYTES), 0);
      file.sync();
      try (BlockFile blocks = disk.blocks(path)) {
        if (blocks != null) {
          ByteBuffer buffer = BlockFile.buffer(2 * BlockFile.BLOCK_BYTES);
          buffer.put(5, (byte) 7).put(BlockFile.BLOCK_BYTES, (byte) 8);
          blocks.write(buffer, BlockFile.BLOCK_BYTES);
          ByteBuffer found = ByteBuffer.allocate(4 * BlockFile.BLOCK_BYTES);
          assertThat(file.read(found, 0)).isEqualTo(found.limit());
          assertThat(found.get(BlockFile.BLOCK_BYTES + 5)).isEqualTo((byte) 7);
          assertThat(found.get(2 * BlockFile.BLOCK_BYTES)).isEqualTo((byte) 8);
          assertThat(file.size()).isEqualTo(found.limit());
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void keepsNamesInOrder(Kind kind) {
    Disk disk = disk(kind);
    Path folder = temporary.resolve("x/y");
    disk.createDirectories(folder);
    disk.createDirectories(folder);
    disk.open(folder.resolve("b"), Access.CREATE).close();
    disk.open(folder.resolve("a"), Access.CREATE).close();
    assertThat(disk.list(folder)).containsExactly("a", "b");
    disk.rename(folder.resolve("a"), folder.resolve("b"));
    assertThat(disk.list(folder)).containsExactly("b");
    disk.syncDirectory(folder);
    disk.delete(folder.resolve("b"));
    disk.delete(folder.resolve("b"));
    assertThat(disk.exists(folder.resolve("b"))).isFalse();
    disk.rename(folder, temporary.resolve("x/z"));
    assertThat(disk.isDirectory(temporary.resolve("x/z"))).isTrue();
    disk.delete(temporary.resolve("x/z"));
    assertThat(disk.list(temporary.resolve("x"))).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void saysWhatIsWrong(Kind kind) {
    Disk disk = disk(kind);
    Path file = temporary.resolve("f");
    assertFault(DiskException.Kind.MISSING, () -> disk.open(file, Access.READ));
    assertFault(DiskException.Kind.MISSING, () -> disk.open(file.resolve("g"), Access.WRITE));
    assertFault(DiskException.Kind.MISSING, () -> disk.size(file));
    assertFault(DiskException.Kind.MISSING, () -> disk.list(file));
    assertFault(DiskException.Kind.MISSING, () -> disk.rename(file, temporary.resolve("g")));
    disk.open(file, Access.WRITE).close();
    assertFault(DiskException.Kind.EXISTS, () -> disk.open(file, Access.CREATE));
    assertFault(DiskException.Kind.EXISTS, () -> disk.createDirectories(file));
  }

  @ParameterizedTest
  @EnumSource
  void locksOnce(Kind kind) {
    Disk disk = disk(kind);
    Path lock = temporary.resolve(".lock");
    Disk.Lock held = disk.lock(lock);
    assertFault(DiskException.Kind.LOCKED, () -> disk.lock(lock));
    held.close();
    disk.lock(lock).close();
  }

  private static void assertFault(DiskException.Kind kind, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            DiskException.class, fault -> assertThat(fault.kind()).isEqualTo(kind));
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(UTF_8));
  }

  private static String text(DiskFile file, long position, int length) {
    ByteBuffer target = ByteBuffer.allocate(length);
    int count = file.read(target, position);
    return new String(target.array(), 0, count, UTF_8);
  }
}
