package dev.millrace.broker.data;

import dev.millrace.base.turns.Timeout;
import dev.millrace.base.turns.Turns;
import dev.millrace.broker.Call;
import dev.millrace.replica.Partitions;
import dev.millrace.wire.RecordBytes;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The batches of one Produce request for partitions that the cluster has this node lead and that
 * are not open here yet: those of a topic that was made a moment ago. Were they refused, what a
 * producer without numbers has sent behind them would overtake them. Their bytes are copied for
 * that time. Lives in the turns of the connection's loop.
 */
final class Upcoming {
  /** So long a request waits at most; then its batches are refused like any others. */
  private static final int WAIT_MS_MAX = 5_000;

  private final Partitions partitions;
  private final Call call;
  private final List<Runnable> waiting = new ArrayList<>(0);
  private @Nullable Timeout timeout;
  private boolean over;

  Upcoming(Partitions partitions, Call call) {
    this.partitions = partitions;
    this.call = call;
  }

  /** Keeps the bytes of a batch until its partition is open. */
  void take(@Nullable RecordBytes records, Consumer<@Nullable RecordBytes> entrance) {
    RecordBytes kept = records instanceof RecordBytes.InMemory memory ? copy(memory) : records;
    waiting.add(() -> entrance.accept(kept));
  }

  private static RecordBytes copy(RecordBytes.InMemory records) {
    ByteBuffer bytes = records.view();
    return RecordBytes.of(ByteBuffer.allocate(bytes.remaining()).put(bytes).flip());
  }

  /** Whether batches wait for their partitions. */
  boolean isWaiting() {
    return !waiting.isEmpty();
  }

  /**
   * Waits until this node acts on what it knows of the cluster by now, hands the batches in, and
   * goes on with {@code then} on the loop. A client that goes takes them with it.
   *
   * @param timeoutMs how long the client waits for its answer, milliseconds
   */
  void await(int timeoutMs, Runnable then) {
    Turns loop = call.connection().loop();
    timeout = loop.after(Math.clamp(timeoutMs, 0, WAIT_MS_MAX), () -> enter(then));
    call.onGone(this::leave);
    partitions.whenApplied(() -> loop.submit(() -> enter(then)));
  }

  private void enter(Runnable then) {
    if (!over) {
      leave();
      waiting.forEach(Runnable::run);
      then.run();
    }
  }

  private void leave() {
    over = true;
    if (timeout != null) {
      timeout.cancel();
    }
  }
}
