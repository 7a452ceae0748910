package dev.millrace.bench.scenario;

import dev.millrace.bench.figure.Contender;
import dev.millrace.bench.figure.Figure;
import java.util.List;

/**
 * One comparison: sets up a contender, loads it and reports figures, the same way for everybody.
 */
public interface Scenario {

  /** The word that {@code --only} takes. */
  String name();

  /** What it does, in a line. */
  String summary();

  /** Whom it measures. */
  default List<Contender> contenders() {
    return List.of(Contender.APACHE, Contender.MEMORY, Contender.FSYNC);
  }

  /** Nodes of the cluster that it measures. */
  default int nodes() {
    return 1;
  }

  /** The most rounds that are worth their time. */
  default int roundsMax() {
    return Integer.MAX_VALUE;
  }

  /** Measures one contender once; it leaves no process and no file behind. */
  void run(Contender contender, Workshop workshop, Sink sink);

  /** Takes what was measured. */
  @FunctionalInterface
  interface Sink {
    void add(Figure figure, double value);
  }

  /**
   * Whether the files of a contender go before the next one's turn: what is not written back yet
   * would be, beside it. Not where many files are made, since deleting them slows the next one.
   */
  default boolean sweepsAtOnce() {
    return true;
  }
}
