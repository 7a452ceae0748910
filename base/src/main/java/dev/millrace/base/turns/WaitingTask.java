package dev.millrace.base.turns;

import dev.millrace.base.time.TimerHeap;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** A timeout of a {@link TurnQueue}: it either begins or is cancelled, whichever comes first. */
final class WaitingTask extends TimerHeap.Node implements Timeout {
  private static final VarHandle WAITING;

  static {
    try {
      WAITING = MethodHandles.lookup().findVarHandle(WaitingTask.class, "waiting", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final Runnable task;
  private final TurnQueue queue;

  @SuppressWarnings("FieldMayBeFinal") // changed through the handle
  private volatile boolean waiting = true;

  WaitingTask(TurnQueue queue, long deadlineNanos, Runnable task) {
    super(deadlineNanos);
    this.queue = queue;
    this.task = task;
  }

  boolean isWaiting() {
    return waiting;
  }

  /** Takes the right to run. */
  boolean begin() {
    return WAITING.compareAndSet(this, true, false);
  }

  @Override
  public boolean cancel() {
    if (!begin()) {
      return false;
    }
    queue.forget(this);
    return true;
  }
}
