package dev.millrace.registry.schema.rules;

import dev.millrace.registry.schema.Difference;
import java.util.ArrayList;
import java.util.List;

/**
 * What the rules say about one pair by itself: the differences that are there whatever the types
 * below do, and what it needs of other pairs.
 *
 * @param <P> a pair of types; equal pairs are one
 */
public final class Findings<P> {
  private final List<Difference> differences = new ArrayList<>();
  private final List<Need<P>> needs = new ArrayList<>();

  /** This pair does not fit; the path is relative to it. */
  public void difference(String rule, String path, String message) {
    differences.add(new Difference(rule, path, message));
  }

  /** This pair does not fit; the path is relative to it. */
  public void difference(Difference difference) {
    differences.add(difference);
  }

  /**
   * The pair needs {@code pair}, which stands at {@code path} below it; the reasons why it does not
   * fit are reported there.
   */
  public void need(String path, P pair) {
    needs.add(new Need<>(path, List.of(pair), Need.any(), null));
  }

  /**
   * What {@code test} says about {@code pairs} has to hold, otherwise the reasons of the first one
   * are reported.
   */
  public void need(List<P> pairs, Need.Test<P> test) {
    needs.add(new Need<>("", List.copyOf(pairs), test, null));
  }

  /** One of {@code pairs} has to fit, otherwise {@code difference} is reported. */
  public void needOneOf(List<P> pairs, Difference difference) {
    needs.add(new Need<>(difference.path(), List.copyOf(pairs), Need.any(), difference));
  }

  /**
   * What {@code test} says about {@code pairs} has to hold, otherwise {@code difference} is
   * reported.
   */
  public void need(List<P> pairs, Need.Test<P> test, Difference difference) {
    needs.add(new Need<>(difference.path(), List.copyOf(pairs), test, difference));
  }

  List<Difference> differences() {
    return differences;
  }

  List<Need<P>> needs() {
    return needs;
  }
}
