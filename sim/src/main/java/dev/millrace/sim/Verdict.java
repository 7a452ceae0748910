package dev.millrace.sim;

import java.util.List;

/**
 * What came of a seed.
 *
 * @param simulatedMs from the first start to the last check
 * @param realMs that took
 * @param restMs simulated, from the end of the last fault until all copies were whole
 * @param acknowledged records, by nodes
 * @param traceHash the same for runs that took the same steps
 * @param broken what must never be and was; empty when all is well
 * @param trace the last events before the first thing that was wrong
 */
public record Verdict(
    long seed,
    long simulatedMs,
    long realMs,
    long restMs,
    int faults,
    long acknowledged,
    long traceHash,
    List<String> broken,
    List<String> trace) {

  public boolean isGood() {
    return broken.isEmpty();
  }

  /** One line for people. */
  public String line() {
    return String.format(
        "seed=%d simulated=%.1fs real=%.1fs rest=%.1fs faults=%d acknowledged=%d hash=%016x %s",
        seed,
        simulatedMs / 1e3,
        realMs / 1e3,
        restMs / 1e3,
        faults,
        acknowledged,
        traceHash,
        isGood() ? "good" : "BROKEN");
  }
}
