package dev.millrace.net;

import dev.millrace.wire.WireWriter;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/** One place in the order of a connection's replies. */
final class PendingReply implements Reply {
  private static final int SIZE_PREFIX_BYTES = 4;
  private static final int WAITING = 0;
  private static final int ANSWERED = 1;
  private static final int GONE = 2;

  private static final VarHandle STATE;
  private static final VarHandle GONE_TASK;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      STATE = lookup.findVarHandle(PendingReply.class, "state", int.class);
      GONE_TASK = lookup.findVarHandle(PendingReply.class, "goneTask", Runnable.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** The place after this one; the loop's. */
  @Nullable PendingReply next;

  private final ServedConnection connection;
  private @Nullable WireWriter frame;

  @SuppressWarnings("FieldMayBeFinal") // changed through the handle
  private volatile int state = WAITING;

  @SuppressWarnings({"FieldMayBeFinal", "UnusedVariable"}) // used through the handle
  private volatile @Nullable Runnable goneTask = null;

  PendingReply(ServedConnection connection) {
    this.connection = connection;
  }

  @Override
  public void send(WireWriter answer) {
    checkSize(answer);
    give(answer);
  }

  @Override
  public void skip() {
    give(null);
  }

  @Override
  public void onGone(Runnable task) {
    GONE_TASK.setVolatile(this, task);
    if (state == GONE) {
      Runnable late = takeGoneTask();
      if (late != null) {
        connection.runSoon(late);
      }
    }
  }

  @Override
  public void holdNext() {
    connection.holdFor(this);
  }

  boolean isAnswered() {
    return state == ANSWERED;
  }

  /** The answer; null when there is none to send. */
  @Nullable WireWriter frame() {
    return frame;
  }

  /** The connection is gone. Returns the task that was left for this case, if any. */
  @Nullable Runnable loseClient() {
    return STATE.compareAndSet(this, WAITING, GONE) ? takeGoneTask() : null;
  }

  private @Nullable Runnable takeGoneTask() {
    return (Runnable) GONE_TASK.getAndSet(this, null);
  }

  private void give(@Nullable WireWriter answer) {
    if (state == WAITING) {
      frame = answer; // nobody reads it before the state says so
      if (STATE.compareAndSet(this, WAITING, ANSWERED)) {
        connection.replyGiven();
        return;
      }
    }
    if (state == ANSWERED) {
      throw new IllegalStateException("reply was given already");
    }
  }

  private static void checkSize(WireWriter answer) {
    int copied = answer.buffer().position();
    long total = copied;
    for (WireWriter.External external : answer.externals()) {
      total += external.records().size();
    }
    if (copied < SIZE_PREFIX_BYTES || answer.buffer().getInt(0) != total - SIZE_PREFIX_BYTES) {
      throw new IllegalStateException(
          "reply has a wrong size prefix, frameBytes=" + (total - SIZE_PREFIX_BYTES));
    }
  }
}
