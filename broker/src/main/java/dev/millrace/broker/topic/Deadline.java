package dev.millrace.broker.topic;

import dev.millrace.base.turns.Timeout;
import dev.millrace.base.turns.Turns;
import java.util.concurrent.atomic.AtomicBoolean;

/** A step that is taken once: when what it waits for has come, or when its time is over. */
public final class Deadline implements Runnable {
  private final Runnable step;
  private final AtomicBoolean taken = new AtomicBoolean();
  private final Timeout timeout;

  /**
   * @param delayMs the step is taken in {@code turns} after this many milliseconds, unless {@link
   *     #run} took it before
   */
  public Deadline(Turns turns, long delayMs, Runnable step) {
    this.step = step;
    this.timeout = turns.after(delayMs, this::take);
  }

  /** What was waited for is there. Safe for any thread, any number of times. */
  @Override
  public void run() {
    timeout.cancel();
    take();
  }

  private void take() {
    if (taken.compareAndSet(false, true)) {
      step.run();
    }
  }
}
