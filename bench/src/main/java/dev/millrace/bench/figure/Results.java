package dev.millrace.bench.figure;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All values of a run and what failed in it. One thread uses it. */
public final class Results {
  private final Map<Figure, Map<Contender, Samples>> values = new LinkedHashMap<>();
  private final List<String> failures = new ArrayList<>();

  public void add(Figure figure, Contender contender, double value) {
    values
        .computeIfAbsent(figure, f -> new EnumMap<>(Contender.class))
        .computeIfAbsent(contender, c -> new Samples())
        .add(value);
  }

  public void failed(String what) {
    failures.add(what);
  }

  /** The figures in the order in which they were first measured. */
  public List<Figure> figures() {
    return List.copyOf(values.keySet());
  }

  public List<String> failures() {
    return List.copyOf(failures);
  }

  /** The samples of one contender; none when it was not measured. */
  public Optional<Samples> samples(Figure figure, Contender contender) {
    return Optional.ofNullable(values.getOrDefault(figure, Map.of()).get(contender));
  }
}
