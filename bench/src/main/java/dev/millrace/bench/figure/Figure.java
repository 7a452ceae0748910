package dev.millrace.bench.figure;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * One thing that is measured.
 *
 * @param title what it is, unique in a run
 * @param unit what it is counted in, empty for a plain number
 * @param goals what Millrace's contenders shall reach; those that are missing have no goal
 * @param isSlowest whether the highest value counts instead of the one in the middle
 */
public record Figure(String title, String unit, Map<Contender, Goal> goals, boolean isSlowest) {

  public Figure {
    goals = Collections.unmodifiableMap(goals);
  }

  public static Figure of(String title, String unit) {
    return new Figure(title, unit, new EnumMap<>(Contender.class), false);
  }

  /** The same figure, of which the highest value counts. */
  public Figure slowest() {
    return new Figure(title, unit, goals, true);
  }

  /** What counts of the values. */
  double of(Samples samples) {
    return isSlowest ? samples.highest() : samples.median();
  }

  /** The same figure with a goal for {@code contender}. */
  public Figure goal(Contender contender, Goal goal) {
    Map<Contender, Goal> more = new EnumMap<>(Contender.class);
    more.putAll(goals);
    more.put(contender, goal);
    return new Figure(title, unit, more, isSlowest);
  }

  /** The same goal for all forms and policies of Millrace. */
  public Figure goal(Goal goal) {
    Figure figure = this;
    for (Contender contender : Contender.values()) {
      if (contender != Contender.APACHE) {
        figure = figure.goal(contender, goal);
      }
    }
    return figure;
  }

  public Goal goalOf(Contender contender) {
    return goals.getOrDefault(contender, Goal.none());
  }
}
