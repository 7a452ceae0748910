package dev.millrace.coordinator.group;

import java.util.Locale;

/** Where a classic group stands. */
enum GroupState {
  /** No members; it may still have offsets. */
  EMPTY("Empty"),
  /** Members are asked to join the next generation. */
  PREPARING_REBALANCE("PreparingRebalance"),
  /** The generation is known; its leader has not sent the assignment yet. */
  COMPLETING_REBALANCE("CompletingRebalance"),
  /** Every member has its assignment. */
  STABLE("Stable"),
  /** There is no such group. */
  DEAD("Dead");

  private final String text;

  GroupState(String text) {
    this.text = text;
  }

  /** How a filter of ListGroups spells it. */
  String lowerCase() {
    return text.toLowerCase(Locale.ROOT);
  }

  /** Kafka's name for it. */
  @Override
  public String toString() {
    return text;
  }
}
