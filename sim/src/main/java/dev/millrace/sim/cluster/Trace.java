package dev.millrace.sim.cluster;

import java.util.ArrayDeque;
import java.util.List;
import java.util.function.LongSupplier;

/** What happened last, for the story of a failure. */
public final class Trace {
  private static final int EVENTS_MAX = 200;
  private static final long NANOS_PER_MS = 1_000_000;

  private final LongSupplier elapsedNanos;
  private final ArrayDeque<String> events = new ArrayDeque<>();
  private final boolean isLoud;

  /**
   * @param isLoud whether every event is printed at once
   */
  Trace(LongSupplier elapsedNanos, boolean isLoud) {
    this.elapsedNanos = elapsedNanos;
    this.isLoud = isLoud;
  }

  /** Something happened now. */
  public void add(String event) {
    if (events.size() == EVENTS_MAX) {
      events.remove();
    }
    String line = elapsedNanos.getAsLong() / NANOS_PER_MS + " ms  " + event;
    events.add(line);
    if (isLoud) {
      System.out.println(line);
    }
  }

  /** The last events, the oldest first. */
  public List<String> events() {
    return List.copyOf(events);
  }
}
