package dev.millrace.replica;

import dev.millrace.base.turns.Turns;
import java.util.function.BooleanSupplier;

/**
 * A wait that a rate asks for. A rate that was far too low asks for hours, and whoever raises it
 * wants the work to go on: every {@value #LOOK_MS} ms it looks whether the wait still holds.
 */
public final class RateWait {
  private static final long LOOK_MS = 250;

  private RateWait() {}

  /**
   * Runs {@code then} in a turn of {@code owner}.
   *
   * @param ms how long the rate asks to wait, from now on
   * @param holds whether that rate still counts; asked in turns of {@code owner}
   */
  public static void after(Turns owner, long ms, BooleanSupplier holds, Runnable then) {
    owner.after(
        Math.min(ms, LOOK_MS),
        () -> {
          if (ms > LOOK_MS && holds.getAsBoolean()) {
            after(owner, ms - LOOK_MS, holds, then);
          } else {
            then.run();
          }
        });
  }
}
