package dev.millrace.bench.figure;

import java.util.ArrayList;
import java.util.List;

/** The values that one figure had in the rounds so far. */
public final class Samples {
  private final List<Double> values = new ArrayList<>();

  public void add(double value) {
    values.add(value);
  }

  public boolean isEmpty() {
    return values.isEmpty();
  }

  public int count() {
    return values.size();
  }

  /** The middle value, or the mean of the two in the middle; fails when there are none. */
  public double median() {
    if (values.isEmpty()) {
      throw new IllegalStateException("no samples");
    }
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  public double lowest() {
    return values.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
  }

  public double highest() {
    return values.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
  }
}
