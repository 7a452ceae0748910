package dev.millrace.coordinator.group;

import dev.millrace.base.time.Clock;
import dev.millrace.base.turns.Timeout;
import dev.millrace.coordinator.Deadlines;
import dev.millrace.coordinator.Decision;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One thing that happens at its time unless it is armed anew or cancelled. Moving it further away,
 * which every heartbeat does, costs nothing: the timer finds out when it fires.
 */
final class Deadline {
  private final Clock clock;
  private final Deadlines<GroupMachine> deadlines;
  private final String lane;
  private @Nullable Supplier<Decision> action;
  private @Nullable Timeout timeout;
  private long timers;
  private long firesMs;
  private long dueMs;

  Deadline(Clock clock, Deadlines<GroupMachine> deadlines, String lane) {
    this.clock = clock;
    this.deadlines = deadlines;
    this.lane = lane;
  }

  void arm(long delayMs, Supplier<Decision> what) {
    action = what;
    dueMs = clock.monotonicMs() + delayMs;
    if (timeout == null || firesMs > dueMs) {
      schedule(delayMs);
    }
  }

  void cancel() {
    action = null;
    if (timeout != null) {
      timeout.cancel();
      timeout = null;
    }
  }

  private void schedule(long delayMs) {
    if (timeout != null) {
      timeout.cancel();
    }
    firesMs = clock.monotonicMs() + delayMs;
    long mine = ++timers;
    timeout = deadlines.after(delayMs, lane, _ -> fired(mine));
  }

  /** A timer that was replaced or cancelled may still stand in the lane, and does nothing. */
  private Decision fired(long timer) {
    if (timer != timers || timeout == null) {
      return Decision.NOTHING;
    }
    timeout = null;
    Supplier<Decision> due = action;
    if (due == null) {
      return Decision.NOTHING;
    }
    long leftMs = dueMs - clock.monotonicMs();
    if (leftMs > 0) {
      schedule(leftMs);
      return Decision.NOTHING;
    }
    action = null;
    return due.get();
  }
}
