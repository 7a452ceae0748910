package dev.millrace.net.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.base.disk.Disk.Access;
import dev.millrace.base.disk.DiskException;
import dev.millrace.base.disk.DiskFile;
import dev.millrace.base.disk.FileDisk;
import dev.millrace.base.disk.FileRegion;
import dev.millrace.wire.RecordBytes;
import dev.millrace.wire.WireWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FrameOutputTest {
  private static final int FILE_BYTES = 600_000;

  @TempDir private Path directory;
  private final byte[] stored = new byte[FILE_BYTES];
  private final LoopMemory memory = new LoopMemory(new MemoryBudget(1 << 20));
  private DiskFile file;

  /** A socket that takes so much at a time, and nothing every other time. */
  private static final class Socket implements GatheringByteChannel {
    final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    final Random random;
    final int takesMax;
    int writes;

    Socket(Random random, int takesMax) {
      this.random = random;
      this.takesMax = takesMax;
    }

    @Override
    public int write(ByteBuffer source) {
      return (int) write(new ByteBuffer[] {source}, 0, 1);
    }

    @Override
    public long write(ByteBuffer[] sources) {
      return write(sources, 0, sources.length);
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) {
      writes++;
      int takes = takesMax == Integer.MAX_VALUE ? takesMax : random.nextInt(takesMax + 1);
      int taken = 0;
      for (int i = offset; i < offset + length; i++) {
        byte[] bytes = new byte[Math.min(sources[i].remaining(), takes - taken)];
        sources[i].get(bytes);
        sent.writeBytes(bytes);
        taken += bytes.length;
      }
      return taken;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }

  @BeforeEach
  void store() {
    new Random(3).nextBytes(stored);
    file = FileDisk.INSTANCE.open(directory.resolve("stored"), Access.CREATE);
    file.write(ByteBuffer.wrap(stored), 0);
  }

  @AfterEach
  void close() {
    file.close();
    memory.close();
  }

  @Test
  void allPartsLeaveInOrderHoweverTheSocketTakesThem() throws IOException {
    long seed = Long.getLong("millrace.seed", Long.getLong("millrace.fuzz.from", 1));
    int rounds = Integer.getInteger("millrace.fuzz.rounds", 60);
    Random random = new Random(seed);
    for (int round = 0; round < rounds; round++) {
      FrameOutput output = new FrameOutput(memory);
      Socket socket = new Socket(random, 1 + random.nextInt(1 << random.nextInt(14, 21)));
      ByteArrayOutputStream expected = new ByteArrayOutputStream();
      for (int frames = random.nextInt(1, 20); frames > 0; frames--) {
        output.add(randomFrame(random, expected));
        if (random.nextBoolean()) {
          output.write(socket);
        }
      }
      while (!output.isEmpty()) {
        long before = output.bytes();
        assertThat(before - output.write(socket)).isEqualTo(output.bytes());
      }
      assertThat(socket.sent.toByteArray())
          .as("seed=%d round=%d", seed, round)
          .isEqualTo(expected.toByteArray());
    }
  }

  @Test
  void manySmallRepliesLeaveInOneWrite() throws IOException {
    FrameOutput output = new FrameOutput(memory);
    Socket socket = new Socket(new Random(1), Integer.MAX_VALUE);
    for (int i = 0; i < 500; i++) {
      output.add(new WireWriter(ByteBuffer.allocate(100).position(100)));
    }
    output.write(socket);
    assertThat(socket.writes).isEqualTo(1);
    assertThat(output.isEmpty()).isTrue();
  }

  @Test
  void aFileThatBecameShorterIsAFault() {
    FrameOutput output = new FrameOutput(memory);
    WireWriter frame = new WireWriter(ByteBuffer.allocate(100));
    frame.records(RecordBytes.of(new FileRegion(file, 0, FILE_BYTES)));
    output.add(frame);
    file.truncate(100_000);
    Socket socket = new Socket(new Random(1), Integer.MAX_VALUE);
    assertThatThrownBy(
            () -> {
              while (!output.isEmpty()) {
                output.write(socket);
              }
            })
        .isInstanceOf(FrameException.class)
        .hasMessageContaining("too short");
    assertThat(socket.sent.size()).isEqualTo(100_004);
  }

  @Test
  void aFileThatIsClosedMeanwhileIsSentToItsEnd() throws IOException {
    FrameOutput output = new FrameOutput(memory);
    Socket socket = new Socket(new Random(1), Integer.MAX_VALUE);
    WireWriter frame = new WireWriter(ByteBuffer.allocate(100));
    frame.records(RecordBytes.of(new FileRegion(file, 0, FILE_BYTES)));
    output.add(frame);
    file.close();
    while (!output.isEmpty()) {
      output.write(socket);
    }
    assertThat(socket.sent.size()).isEqualTo(FILE_BYTES + 4);
    assertThatThrownBy(file::size).isInstanceOf(DiskException.class);
  }

  @Test
  void aReplyThatIsGivenUpLetsItsFileGo() {
    FrameOutput output = new FrameOutput(memory);
    WireWriter frame = new WireWriter(ByteBuffer.allocate(100));
    frame.records(RecordBytes.of(new FileRegion(file, 0, FILE_BYTES)));
    output.add(frame);
    file.close();
    output.clear();
    assertThatThrownBy(file::size).isInstanceOf(DiskException.class);
  }

  @Test
  void aSmallRegionThatIsNotThereIsAFault() {
    FrameOutput output = new FrameOutput(memory);
    WireWriter frame = new WireWriter(ByteBuffer.allocate(100));
    frame.records(RecordBytes.of(new FileRegion(file, FILE_BYTES - 10, 20)));
    output.add(frame);
    Socket socket = new Socket(new Random(1), Integer.MAX_VALUE);
    assertThatThrownBy(() -> output.write(socket)).isInstanceOf(FrameException.class);
  }

  private WireWriter randomFrame(Random random, ByteArrayOutputStream expected) {
    WireWriter frame = new WireWriter(ByteBuffer.allocate(200_000));
    for (int parts = random.nextInt(1, 5); parts > 0; parts--) {
      byte[] head = new byte[random.nextInt(50)];
      random.nextBytes(head);
      frame.buffer().put(head);
      expected.writeBytes(head);
      int from = random.nextInt(FILE_BYTES);
      int length = Math.min(random.nextInt(1 << random.nextInt(1, 20)), FILE_BYTES - from);
      int copiedFrom = frame.buffer().position();
      switch (random.nextInt(3)) {
        case 0 -> frame.records(RecordBytes.of(new FileRegion(file, from, length)));
        case 1 -> frame.records(RecordBytes.of(ByteBuffer.wrap(stored, from, length)));
        default ->
            frame.records(
                RecordBytes.of(ByteBuffer.allocateDirect(length).put(0, stored, from, length)));
      }
      byte[] size = new byte[4];
      frame.buffer().get(copiedFrom, size);
      expected.writeBytes(size);
      expected.write(stored, from, length);
    }
    return frame;
  }
}
