package dev.millrace.net.frame;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MemoryBudgetTest {
  private static final int FRAME_BYTES_MAX = 4 << 20;
  private static final int BUDGET_BYTES = 1 << 20;

  /** Connections of one loop whose clients all send large frames at once. */
  private static final class Client implements MemoryBudget.Holder, FrameSink, ReadableByteChannel {
    final FrameInput input;
    final ArrayDeque<Client> told;
    final int frameBytes;
    int prefixSent;
    int unsent;
    int frames;
    FrameInput.Outcome stopped = FrameInput.Outcome.WAIT;

    Client(LoopMemory memory, ArrayDeque<Client> told, int frameBytes) {
      this.input = new FrameInput(memory, this, FRAME_BYTES_MAX);
      this.told = told;
      this.frameBytes = frameBytes;
      this.unsent = 4 + frameBytes;
    }

    @Override
    public void memoryFreed() {
      told.add(this);
    }

    @Override
    public boolean wantsFrame() {
      return true;
    }

    @Override
    public void frame(ByteBuffer frame) {
      assertThat(frame.remaining()).isEqualTo(frameBytes);
      frames++;
    }

    @Override
    public int read(ByteBuffer target) {
      int count = Math.min(target.remaining(), Math.min(unsent, 70_000));
      for (int i = 0; i < count; i++) {
        int shift = 24 - 8 * prefixSent;
        target.put(prefixSent < 4 ? (byte) (frameBytes >>> shift) : 1);
        prefixSent = Math.min(prefixSent + 1, 4);
      }
      unsent -= count;
      return count;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}

    void turn() throws IOException {
      stopped = input.read(this, this);
    }
  }

  @Test
  void everyFrameArrivesThoughAllTogetherAreFarTooLarge() throws IOException {
    long seed = Long.getLong("millrace.seed", Long.getLong("millrace.fuzz.from", 1));
    Random random = new Random(seed);
    MemoryBudget budget = new MemoryBudget(BUDGET_BYTES);
    try (LoopMemory memory = new LoopMemory(budget)) {
      ArrayDeque<Client> told = new ArrayDeque<>();
      List<Client> clients = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        clients.add(new Client(memory, told, 1 + random.nextInt(FRAME_BYTES_MAX)));
      }
      List<Client> unfinished = new ArrayList<>(clients);
      long steps = 0;
      while (!unfinished.isEmpty()) {
        assertThat(steps++).as("no progress, seed=%d", seed).isLessThan(200_000);
        Client next = told.poll();
        boolean wasTold = next != null;
        if (next == null) {
          List<Client> readable =
              unfinished.stream().filter(c -> c.stopped != FrameInput.Outcome.SCARCE).toList();
          assertThat(readable).as("all wait for memory, seed=%d", seed).isNotEmpty();
          next = readable.get(random.nextInt(readable.size()));
        }
        next.turn();
        if (wasTold && next.stopped != FrameInput.Outcome.SCARCE) {
          budget.tellNext();
        }
        if (next.frames > 0) {
          unfinished.remove(next);
        }
        // the budget, one frame over it, and for each client what one read ahead may hold
        assertThat(budget.usedBytes())
            .as("seed=%d", seed)
            .isLessThan(BUDGET_BYTES + FRAME_BYTES_MAX * 9L / 8 + 40 * 8192 + 150_000);
      }
      assertThat(budget.usedBytes()).isZero();
      assertThat(budget.isScarce()).isFalse();
    }
  }

  @Test
  void aHolderThatGoesLetsTheNextOneOn() throws IOException {
    MemoryBudget budget = new MemoryBudget(BUDGET_BYTES);
    try (LoopMemory memory = new LoopMemory(budget)) {
      ArrayDeque<Client> told = new ArrayDeque<>();
      Client greedy = new Client(memory, told, FRAME_BYTES_MAX);
      greedy.unsent = 3 << 20; // never finishes
      while (greedy.unsent > 0) {
        greedy.turn();
      }
      Client next = new Client(memory, told, FRAME_BYTES_MAX);
      while (next.stopped != FrameInput.Outcome.SCARCE) {
        next.turn();
      }
      assertThat(budget.isScarce()).isTrue();
      greedy.input.release();
      assertThat(told).containsExactly(next);
      while (next.frames == 0) {
        next.turn();
        assertThat(next.stopped).isNotEqualTo(FrameInput.Outcome.SCARCE);
      }
      assertThat(budget.usedBytes()).isZero();
    }
  }
}
