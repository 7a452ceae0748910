package dev.millrace.broker;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Logs programmer faults with their stack without letting a client that repeats one fill the disk:
 * a fault is told the 1st, 2nd, 4th, 8th … time. Faults are the same when they are of one class and
 * were thrown at one line. Safe for any thread.
 */
final class Faults {
  /** Most different faults that are counted apart. */
  static final int KINDS_MAX = 200;

  private static final Logger LOG = System.getLogger("dev.millrace.broker");
  private static final Map<String, Integer> TIMES = new ConcurrentHashMap<>();

  private Faults() {}

  static void report(String what, Throwable fault) {
    int times = count(fault);
    if (Integer.bitCount(times) == 1) {
      LOG.log(Level.ERROR, what + " times=" + times, fault);
    }
  }

  private static int count(Throwable fault) {
    StackTraceElement[] stack = fault.getStackTrace();
    String place = fault.getClass().getName() + (stack.length == 0 ? "" : "@" + stack[0]);
    String kind = TIMES.size() < KINDS_MAX || TIMES.containsKey(place) ? place : "others";
    return TIMES.merge(kind, 1, (a, b) -> a == Integer.MAX_VALUE ? a : a + b);
  }
}
