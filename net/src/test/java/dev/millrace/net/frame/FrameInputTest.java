package dev.millrace.net.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.net.frame.FrameInput.Outcome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FrameInputTest {
  private static final int FRAME_BYTES_MAX = 8 << 20;

  private final MemoryBudget budget = new MemoryBudget(64 << 20);
  private final LoopMemory memory = new LoopMemory(budget);
  private final Sink sink = new Sink();
  private final Pipe pipe = new Pipe();
  private final FrameInput input = new FrameInput(memory, () -> {}, FRAME_BYTES_MAX);

  /** A socket that has what was put into it, in pieces of a size. */
  private static final class Pipe implements ReadableByteChannel {
    private byte[] bytes = new byte[0];
    private int at;
    private int pieceMax = Integer.MAX_VALUE;
    private boolean ended;
    private int largestRoom;

    void put(byte[] more) {
      byte[] rest = Arrays.copyOfRange(bytes, at, bytes.length + more.length);
      System.arraycopy(more, 0, rest, bytes.length - at, more.length);
      bytes = rest;
      at = 0;
    }

    @Override
    public int read(ByteBuffer target) {
      largestRoom = Math.max(largestRoom, target.remaining());
      int count = Math.min(Math.min(target.remaining(), pieceMax), bytes.length - at);
      if (count == 0 && ended) {
        return -1;
      }
      target.put(bytes, at, count);
      at += count;
      return count;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }

  private static final class Sink implements FrameSink {
    final List<byte[]> frames = new ArrayList<>();
    int wanted = Integer.MAX_VALUE;

    @Override
    public boolean wantsFrame() {
      return frames.size() < wanted;
    }

    @Override
    public void frame(ByteBuffer frame) {
      assertThat(frame.position()).isZero();
      byte[] bytes = new byte[frame.remaining()];
      frame.get(bytes);
      frames.add(bytes);
    }
  }

  @AfterEach
  void nothingIsLeft() {
    input.release();
    assertThat(budget.usedBytes()).isZero();
    memory.close();
  }

  @Test
  void anyCutOfTheStreamGivesTheSameFrames() throws IOException {
    long seed = Long.getLong("millrace.seed", Long.getLong("millrace.fuzz.from", 1));
    int rounds = Integer.getInteger("millrace.fuzz.rounds", 200);
    Random random = new Random(seed);
    for (int round = 0; round < rounds; round++) {
      List<byte[]> sent = new ArrayList<>();
      ByteArrayOutputStream stream = new ByteArrayOutputStream();
      int scale = random.nextInt(4, 20);
      for (int i = random.nextInt(1, 40); i > 0; i--) {
        byte[] body = new byte[1 + random.nextInt(1 << random.nextInt(1, scale))];
        random.nextBytes(body);
        sent.add(body);
        stream.write(framed(body));
      }
      sink.frames.clear();
      sink.wanted = 0;
      pipe.pieceMax = 1 + (1 << scale) / 50 + random.nextInt(1 << random.nextInt(1, scale + 2));
      byte[] all = stream.toByteArray();
      int put = 0;
      while (put < all.length || sink.frames.size() < sent.size()) {
        int more = Math.min(all.length - put, random.nextInt(3 << scale));
        pipe.put(Arrays.copyOfRange(all, put, put + more));
        put += more;
        sink.wanted = sink.frames.size() + random.nextInt(8);
        Outcome outcome = input.read(pipe, sink);
        assertThat(outcome)
            .as("seed=%d round=%d", seed, round)
            .isIn(Outcome.WAIT, Outcome.PAUSED, Outcome.AGAIN);
        if (outcome == Outcome.PAUSED) {
          assertThat(sink.wantsFrame()).as("seed=%d round=%d", seed, round).isFalse();
        }
      }
      for (int i = 0; i < sent.size(); i++) {
        assertThat(sink.frames.get(i)).as("seed=%d round=%d", seed, round).isEqualTo(sent.get(i));
      }
      assertThat(sink.frames).as("seed=%d round=%d", seed, round).hasSameSizeAs(sent);
      assertThat(input.isHolding()).as("seed=%d round=%d", seed, round).isFalse();
      assertThat(budget.usedBytes()).as("seed=%d round=%d", seed, round).isZero();
    }
  }

  @Test
  void impossibleSizesAreRefusedBeforeMemoryIsTaken() {
    for (int size : new int[] {0, -1, Integer.MIN_VALUE, FRAME_BYTES_MAX + 1, Integer.MAX_VALUE}) {
      FrameInput fresh = new FrameInput(memory, () -> {}, FRAME_BYTES_MAX);
      Pipe bad = new Pipe();
      bad.put(framed(new byte[] {7}));
      bad.put(ByteBuffer.allocate(4).putInt(size).array());
      bad.put(new byte[20]);
      sink.frames.clear();
      assertThatThrownBy(() -> fresh.read(bad, sink))
          .isInstanceOf(FrameException.class)
          .hasMessageContaining("size=" + size);
      assertThat(sink.frames).hasSize(1);
      fresh.release();
      assertThat(budget.usedBytes()).isZero();
    }
  }

  @Test
  void aSizeThatArrivesInPiecesIsJudgedToo() throws IOException {
    pipe.put(new byte[] {(byte) 0x80, 0});
    assertThat(input.read(pipe, sink)).isEqualTo(Outcome.WAIT);
    pipe.put(new byte[] {0, 0});
    assertThatThrownBy(() -> input.read(pipe, sink)).isInstanceOf(FrameException.class);
  }

  @Test
  void memoryGrowsWithWhatArrives() throws IOException {
    pipe.put(ByteBuffer.allocate(4).putInt(FRAME_BYTES_MAX).array());
    input.read(pipe, sink);
    assertThat(budget.usedBytes()).isLessThan(2048);
    long arrived = 4;
    for (int more = 100; arrived + more < FRAME_BYTES_MAX; more *= 2) {
      pipe.put(new byte[more]);
      arrived += more;
      assertThat(input.read(pipe, sink)).isEqualTo(Outcome.WAIT);
      assertThat(budget.usedBytes()).as("arrived=%d", arrived).isLessThan(5 * arrived + 2048);
    }
    assertThat(sink.frames).isEmpty();
  }

  @Test
  void aLargeFrameAfterALargeFrameIsReadStraightIntoItsPlace() throws IOException {
    byte[] body = new byte[1 << 20];
    for (int round = 0; round < 2; round++) {
      pipe.put(framed(body));
      pipe.largestRoom = 0;
      assertThat(input.read(pipe, sink)).isEqualTo(Outcome.WAIT);
    }
    assertThat(sink.frames).hasSize(2);
    assertThat(pipe.largestRoom).isGreaterThan(body.length - 8192);
    assertThat(budget.usedBytes()).isZero();
  }

  @Test
  void aConnectionThatWaitsHoldsNothing() throws IOException {
    pipe.put(framed(new byte[100]));
    assertThat(input.read(pipe, sink)).isEqualTo(Outcome.WAIT);
    assertThat(input.isHolding()).isFalse();
    assertThat(budget.usedBytes()).isZero();
  }

  @Test
  void theEndIsTold() throws IOException {
    pipe.put(framed(new byte[100]));
    pipe.put(new byte[2]);
    pipe.ended = true;
    assertThat(input.read(pipe, sink)).isEqualTo(Outcome.WAIT);
    assertThat(input.read(pipe, sink)).isEqualTo(Outcome.ENDED);
    assertThat(sink.frames).hasSize(1);
  }

  @Test
  void aTurnIsLimited() throws IOException {
    for (int i = 0; i < FrameInput.TURN_FRAMES_MAX + 10; i++) {
      pipe.put(framed(new byte[] {1}));
    }
    assertThat(input.read(pipe, sink)).isEqualTo(Outcome.AGAIN);
    assertThat(sink.frames).hasSize(FrameInput.TURN_FRAMES_MAX);
    assertThat(input.read(pipe, sink)).isEqualTo(Outcome.WAIT);
    assertThat(sink.frames).hasSize(FrameInput.TURN_FRAMES_MAX + 10);
  }

  private static byte[] framed(byte[] body) {
    return ByteBuffer.allocate(4 + body.length).putInt(body.length).put(body).array();
  }
}
