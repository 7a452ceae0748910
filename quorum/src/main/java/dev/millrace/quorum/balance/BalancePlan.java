package dev.millrace.quorum.balance;

import dev.millrace.quorum.control.AlterReassignments.Move;
import java.util.List;

/**
 * What should move.
 *
 * @param steps by topic and partition
 * @param imbalanceBefore the largest distance of a broker from the mean, as a part of it
 * @param imbalanceAfter the same when all steps are done
 * @param isComplete whether nothing is left for another plan
 */
public record BalancePlan(
    List<Step> steps, double imbalanceBefore, double imbalanceAfter, boolean isComplete) {
  /**
   * One partition that changes.
   *
   * @param from its replicas, the preferred leader first
   * @param to its replicas then
   * @param bytes what has to be copied; 0 when another replica leads and nothing moves
   * @param why for people
   */
  public record Step(
      String topic, int partition, List<Integer> from, List<Integer> to, long bytes, String why) {}

  /** How many bytes have to be copied. */
  public long bytes() {
    return steps.stream().mapToLong(Step::bytes).sum();
  }

  /** The plan as the controller takes it. */
  public List<Move> moves() {
    return steps.stream().map(step -> new Move(step.topic(), step.partition(), step.to())).toList();
  }
}
