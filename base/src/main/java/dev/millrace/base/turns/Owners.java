package dev.millrace.base.turns;

/** Makes owners: threads in production, steps of one seed in a simulation. */
public interface Owners {
  /**
   * A new owner.
   *
   * @param name what the owner does, for thread names and traces: {@code disk-0}, {@code quorum}
   */
  Turns owner(String name);
}
