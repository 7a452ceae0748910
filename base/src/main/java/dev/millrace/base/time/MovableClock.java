package dev.millrace.base.time;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The machine's clocks, which somebody can set forward: for tests in which hours pass. Both clocks
 * move by the same time. Safe for any thread.
 */
public final class MovableClock implements Clock {
  private static final long NANOS_PER_MS = 1_000_000;

  private final AtomicLong aheadNanos = new AtomicLong();
  private final Set<Watcher> watchers = Collections.newSetFromMap(new WeakHashMap<>());

  /** A clock that shows the machine's time until it is moved. */
  public MovableClock() {}

  @Override
  public long wallMs() {
    return SystemClock.INSTANCE.wallMs() + aheadNanos.get() / NANOS_PER_MS;
  }

  @Override
  public long monotonicNanos() {
    return SystemClock.INSTANCE.monotonicNanos() + aheadNanos.get();
  }

  @Override
  public void watch(Watcher watcher) {
    synchronized (watchers) {
      watchers.add(watcher);
    }
  }

  /**
   * Moves it forward and tells those who sleep by it. Returns before what is due has happened.
   *
   * @throws IllegalArgumentException when the time is negative
   */
  public void advance(Duration time) {
    if (time.isNegative()) {
      throw new IllegalArgumentException("clock only moves forward, time=" + time);
    }
    aheadNanos.addAndGet(time.toNanos());
    List<Watcher> told;
    synchronized (watchers) {
      told = List.copyOf(watchers);
    }
    told.forEach(Watcher::clockMoved);
  }
}
