package dev.millrace.bench.scenario;

import java.util.List;

/** All scenarios in the order in which they are run. */
public final class Scenarios {

  private Scenarios() {}

  public static List<Scenario> all() {
    return List.of(new Start(), Produce.kilobyte(), Produce.small(), new Replay());
  }
}
