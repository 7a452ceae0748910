package dev.millrace.client.call;

import dev.millrace.base.time.Clock;
import dev.millrace.base.turns.Timeout;
import dev.millrace.base.turns.Turns;
import org.jspecify.annotations.Nullable;

/**
 * Watches that the program polls within {@code max.poll.interval.ms}, whatever else of the group is
 * on its way. In turns.
 */
public final class PollDeadline {
  private final Turns turns;
  private final Clock clock;
  private final long intervalMs;
  private final Runnable missed;
  private long polledMs;
  private @Nullable Timeout alarm;

  /**
   * @param missed runs once when nobody polled in time; nothing is watched after it
   */
  public PollDeadline(Turns turns, Clock clock, long intervalMs, Runnable missed) {
    this.turns = turns;
    this.clock = clock;
    this.intervalMs = intervalMs;
    this.missed = missed;
    this.polledMs = clock.monotonicMs();
  }

  /** The program polls; moves no timer, for it is called often. */
  public void polled() {
    polledMs = clock.monotonicMs();
  }

  /** Watches from now on, if it does not yet. */
  public void watch() {
    if (alarm == null) {
      alarm = turns.after(Math.max(0, leftMs()), this::ring);
    }
  }

  /** Watches no more. */
  public void stop() {
    if (alarm != null) {
      alarm.cancel();
      alarm = null;
    }
  }

  private void ring() {
    alarm = null;
    if (leftMs() > 0) {
      watch();
    } else {
      missed.run();
    }
  }

  /** A poll at the very end of the interval is in time. */
  private long leftMs() {
    return polledMs + intervalMs + 1 - clock.monotonicMs();
  }
}
