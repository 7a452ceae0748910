package dev.millrace.server;

import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * What has to be undone when a node stops, or when it fails while it starts: the last thing that
 * was begun first. Belongs to one thread at a time.
 */
final class Teardown {
  private static final System.Logger LOG = System.getLogger(Teardown.class.getName());

  private record Step(String name, Runnable action) {}

  private final Deque<Step> steps = new ArrayDeque<>();

  /** Something has begun; {@code action} ends it. */
  void add(String name, Runnable action) {
    steps.push(new Step(name, action));
  }

  /** Takes a step before all others, if it is there. */
  void runFirst(String name) {
    for (Step step : List.copyOf(steps)) {
      if (step.name().equals(name)) {
        steps.remove(step);
        run(step);
      }
    }
  }

  /** Leaves a step out. */
  void drop(String name) {
    steps.removeIf(step -> step.name().equals(name));
  }

  /** Ends everything. A step that fails is told in the log and the others are taken anyway. */
  void run() {
    while (!steps.isEmpty()) {
      run(steps.pop());
    }
  }

  private static void run(Step step) {
    try {
      step.action().run();
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "stop failed, step=" + step.name(), e);
    }
  }
}
