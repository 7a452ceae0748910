package dev.millrace.quorum.balance;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One partition while a plan is made. */
final class Placed {
  final String topic;
  final int index;
  final PartitionLoad load;
  final List<Integer> from;
  final List<Integer> to;
  private @Nullable String why;

  Placed(String topic, int index, PartitionLoad load, List<Integer> replicas) {
    this.topic = topic;
    this.index = index;
    this.load = load;
    this.from = List.copyOf(replicas);
    this.to = new ArrayList<>(replicas);
  }

  /** The first reason is the one that people are told. */
  void because(String reason) {
    if (why == null) {
      why = reason;
    }
  }

  boolean isChanged() {
    return !from.equals(to);
  }

  /** Replicas that have to be copied. */
  int copied() {
    return (int) to.stream().filter(broker -> !from.contains(broker)).count();
  }

  BalancePlan.Step step() {
    return new BalancePlan.Step(
        topic, index, from, List.copyOf(to), load.diskBytes() * copied(), why == null ? "" : why);
  }
}
