package dev.millrace.broker.data;

import dev.millrace.wire.ErrorCode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Gives out producer ids, each one once in the life of the cluster: ids come in blocks that the
 * controller has written down before it hands them out, and a block that a node held when it
 * stopped is never used again. The next block is asked for when {@value #PREFETCH_LEFT_PERCENT} %
 * of the current one are left. Safe for any thread; answers come on any thread.
 */
public final class ProducerIds {
  /** Most requests that wait for a block; more are told to try again. */
  static final int WAITING_MAX = 10_000;

  private static final int PREFETCH_LEFT_PERCENT = 10;

  private final Blocks blocks;
  private final Queue<Consumer<Answer>> waiting = new ArrayDeque<>();
  private @Nullable Block following;
  private boolean asking;
  private long next;
  private long end;
  private long prefetchAt;

  /** Where blocks come from: the controller. */
  @FunctionalInterface
  public interface Blocks {
    /** Asks for a block; {@code answer} is called once, on any thread, with null when it failed. */
    void allocate(Consumer<@Nullable Block> answer);
  }

  /** Ids from {@code first} on, {@code count} of them. */
  public record Block(long first, int count) {
    /** Checks that there is an id in it. */
    public Block {
      if (first < 0 || count < 1) {
        throw new IllegalArgumentException(
            "block of producer ids is empty, first=" + first + " count=" + count);
      }
    }
  }

  /** An id, or why there is none: then the id is -1. */
  public record Answer(ErrorCode error, long producerId) {
    private static final Answer LATER = new Answer(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS, -1);
  }

  /** No ids yet. */
  public ProducerIds(Blocks blocks) {
    this.blocks = blocks;
  }

  /** Gives {@code answer} an id, at once or when the controller has given a block. */
  public void next(Consumer<Answer> answer) {
    Answer now;
    boolean ask;
    synchronized (this) {
      now = take();
      if (now == null && waiting.size() >= WAITING_MAX) {
        now = Answer.LATER;
      } else if (now == null) {
        waiting.add(answer);
      }
      ask = !asking && following == null && next >= prefetchAt;
      asking |= ask;
    }
    if (now != null) {
      answer.accept(now);
    }
    if (ask) {
      blocks.allocate(this::allocated);
    }
  }

  private @Nullable Answer take() {
    if (next == end && following != null) {
      next = following.first();
      end = next + following.count();
      prefetchAt = end - (long) following.count() * PREFETCH_LEFT_PERCENT / 100;
      following = null;
    }
    return next == end ? null : new Answer(ErrorCode.NONE, next++);
  }

  private void allocated(@Nullable Block block) {
    List<Consumer<Answer>> served = new ArrayList<>();
    List<Answer> answers = new ArrayList<>();
    boolean ask;
    synchronized (this) {
      asking = false;
      following = block;
      while (!waiting.isEmpty()) {
        Answer answer = block == null ? Answer.LATER : take();
        if (answer == null) {
          break;
        }
        served.add(waiting.remove());
        answers.add(answer);
      }
      ask = block != null && following == null && next >= prefetchAt;
      asking = ask;
    }
    for (int i = 0; i < served.size(); i++) {
      served.get(i).accept(answers.get(i));
    }
    if (ask) {
      blocks.allocate(this::allocated);
    }
  }
}
