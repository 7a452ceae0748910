package dev.millrace.sim.cluster;

import dev.millrace.base.time.Clock;

/**
 * The clocks of one machine: they run with those of the simulation, from another origin, and the
 * wall clock may be wrong and may jump.
 */
public final class MachineClock implements Clock {
  private final Clock world;
  private final long originNanos;
  private long wallShiftMs;

  MachineClock(Clock world, long originNanos) {
    this.world = world;
    this.originNanos = originNanos;
  }

  @Override
  public long wallMs() {
    return world.wallMs() + wallShiftMs;
  }

  @Override
  public long monotonicNanos() {
    return world.monotonicNanos() + originNanos;
  }

  /** Lets the wall clock jump, forwards or back. */
  public void jumpMs(long ms) {
    wallShiftMs += ms;
  }

  /** Lets it show the time of the world again. */
  public void correct() {
    wallShiftMs = 0;
  }
}
