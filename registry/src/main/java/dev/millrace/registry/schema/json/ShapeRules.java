package dev.millrace.registry.schema.json;

import dev.millrace.registry.schema.Difference;
import dev.millrace.registry.schema.json.Shape.Criterion;
import dev.millrace.registry.schema.rules.Comparison;
import dev.millrace.registry.schema.rules.Findings;
import dev.millrace.registry.schema.rules.Need;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The differences of JSON Schemas that let a value which one accepts be refused by another. What
 * the reader asks for in several conditions has to hold for each; what the writer promises in
 * several has to suffice in one; of alternatives each that was written has to be read by one.
 */
final class ShapeRules {
  private static final int BRANCH_PAIRS_MAX = 50_000;

  private ShapeRules() {}

  static Findings<ShapePair> findings(ShapePair pair) {
    Findings<ShapePair> findings = new Findings<>();
    Shape reader = pair.reader();
    Shape writer = pair.writer();
    if (reader instanceof Shape.Everything || writer instanceof Shape.Nothing) {
      return findings;
    }
    if (reader instanceof Shape.Combined all && all.criterion() == Criterion.ALL) {
      all.parts().forEach(part -> product(findings, part, writer, all.parts().size()));
    } else if (reader instanceof Shape.Combined sum
        && writer instanceof Shape.Combined written
        && written.criterion() != Criterion.ALL) {
      sums(findings, sum, written);
    } else if (reader instanceof Shape.Combined sum) {
      branch(findings, sum, writer);
    } else if (writer instanceof Shape.Combined written) {
      combined(findings, reader, written);
    } else {
      simple(findings, reader, writer);
    }
    return findings;
  }

  /** One of the reader's conditions. */
  private static void product(Findings<ShapePair> findings, Shape part, Shape writer, int parts) {
    if (!(writer instanceof Shape.Combined written) || written.criterion() != Criterion.ALL) {
      findings.need("", new ShapePair(part, writer));
      return;
    }
    List<ShapePair> pairs = new ArrayList<>();
    for (Shape other : written.parts()) {
      pairs.add(alike(part, other) ? 0 : pairs.size(), new ShapePair(part, other));
    }
    if (alike(part, pairs.getFirst().writer())) {
      findings.need(pairs, Need.any());
    } else {
      String rule =
          parts > written.parts().size()
              ? "PRODUCT_TYPE_EXTENDED"
              : "COMBINED_TYPE_SUBSCHEMAS_CHANGED";
      findings.needOneOf(
          pairs,
          new Difference(
              rule,
              "/allOf",
              "a condition is there that nothing written fulfils for sure: "
                  + shown(part)
                  + "; take it back, or use another subject"));
    }
  }

  /** Alternatives against alternatives. */
  private static void sums(
      Findings<ShapePair> findings, Shape.Combined reader, Shape.Combined writer) {
    boolean one = reader.criterion() == Criterion.ONE;
    String path = one ? "/oneOf" : "/anyOf";
    if (one && writer.criterion() == Criterion.ANY) {
      findings.difference(
          "COMBINED_TYPE_CHANGED",
          path,
          "anyOf becomes oneOf, and what several alternatives accept is refused now; keep anyOf");
      return;
    }
    int read = reader.parts().size();
    int written = writer.parts().size();
    if ((long) read * written > BRANCH_PAIRS_MAX) {
      findings.difference(
          Comparison.TOO_COMPLEX,
          path,
          "there are too many alternatives to compare, reader=" + read + " writer=" + written);
      return;
    }
    List<ShapePair> pairs = new ArrayList<>();
    for (Shape branch : writer.parts()) {
      for (Shape candidate : reader.parts()) {
        pairs.add(new ShapePair(candidate, branch));
      }
    }
    String rule = read < written ? "SUM_TYPE_NARROWED" : "COMBINED_TYPE_SUBSCHEMAS_CHANGED";
    String message =
        "an alternative that was written is read by none here, alternatives written="
            + written
            + " read="
            + read
            + "; keep it, or make one of them wider";
    Need.Test<ShapePair> test =
        one
            ? (all, fits) -> Matching.covers(all, read, written, fits)
            : (all, fits) -> each(all, read, fits);
    findings.need(pairs, test, new Difference(rule, path, message));
  }

  /** Whether each group of {@code size} pairs has one that fits. */
  private static boolean each(List<ShapePair> pairs, int size, Predicate<ShapePair> fits) {
    for (int start = 0; start < pairs.size(); start += size) {
      if (pairs.subList(start, start + size).stream().noneMatch(fits)) {
        return false;
      }
    }
    return true;
  }

  /** The reader's alternatives against something that is none. */
  private static void branch(Findings<ShapePair> findings, Shape.Combined reader, Shape writer) {
    List<ShapePair> pairs = new ArrayList<>();
    reader.parts().forEach(part -> pairs.add(new ShapePair(part, writer)));
    if (writer instanceof Shape.Combined product) {
      product.parts().forEach(part -> pairs.add(new ShapePair(reader, part)));
    }
    boolean one = reader.criterion() == Criterion.ONE;
    findings.needOneOf(
        pairs,
        new Difference(
            "TYPE_CHANGED",
            one ? "/oneOf" : "/anyOf",
            "none of the alternatives reads what was written: "
                + shown(writer)
                + "; add it to them"));
  }

  private static void combined(Findings<ShapePair> findings, Shape reader, Shape.Combined writer) {
    List<ShapePair> pairs = new ArrayList<>();
    for (Shape part : writer.parts()) {
      pairs.add(alike(reader, part) ? 0 : pairs.size(), new ShapePair(reader, part));
    }
    if (writer.criterion() != Criterion.ALL) {
      findings.need(
          pairs,
          (all, fits) -> all.stream().allMatch(fits),
          new Difference(
              "TYPE_CHANGED",
              "",
              "several alternatives were written and "
                  + shown(reader)
                  + " does not read each of them; keep them"));
    } else if (alike(reader, pairs.getFirst().writer())) {
      findings.need(pairs, Need.any());
    } else {
      findings.needOneOf(
          pairs,
          new Difference(
              "TYPE_CHANGED",
              "",
              "the reader asks for "
                  + shown(reader)
                  + ", which nothing written promises; take it back"));
    }
  }

  private static void simple(Findings<ShapePair> findings, Shape reader, Shape writer) {
    switch (reader) {
      case Shape.Values read when writer instanceof Shape.Values written ->
          values(findings, read.values(), written.values());
      case Shape.Typed read when writer instanceof Shape.Typed written ->
          TypedRules.compare(findings, read, written);
      case Shape.Typed read
          when writer instanceof Shape.Values written
              && TypedRules.accepts(read, written.values()) -> {}
      case Shape.Not read when writer instanceof Shape.Not written ->
          findings.need(
              List.of(new ShapePair(written.part(), read.part())),
              Need.any(),
              new Difference(
                  "NOT_TYPE_EXTENDED",
                  "/not",
                  "more is refused by not than before; take back what was added"));
      case Shape.Not read when TypedRules.disjoint(read.part(), writer) -> {}
      case Shape.Conditional read when writer instanceof Shape.Conditional written ->
          findings.need(
              List.of(
                  new ShapePair(read.test(), written.test()),
                  new ShapePair(written.test(), read.test()),
                  new ShapePair(read.then(), written.then()),
                  new ShapePair(read.otherwise(), written.otherwise())),
              (all, fits) -> all.stream().allMatch(fits),
              conditionChanged());
      case Shape.Conditional read -> findings.difference(conditionChanged());
      default ->
          findings.difference(
              "TYPE_CHANGED",
              "",
              "the type changes, the reader expects "
                  + shown(reader)
                  + " where "
                  + shown(writer)
                  + " was written");
    }
  }

  private static Difference conditionChanged() {
    return new Difference(
        "CONDITION_CHANGED",
        "/if",
        "if, then or else are new or changed, and what was written may not fulfil them; take the change back");
  }

  private static void values(Findings<ShapePair> findings, Set<String> reader, Set<String> writer) {
    if (!reader.containsAll(writer)) {
      List<String> missing =
          writer.stream().filter(value -> !reader.contains(value)).limit(10).toList();
      findings.difference(
          writer.containsAll(reader) ? "ENUM_ARRAY_NARROWED" : "ENUM_ARRAY_CHANGED",
          "/enum",
          "values are no longer allowed, values=" + missing + "; keep them");
    }
  }

  /** Whether two are of one kind, so that the reasons between them are worth telling. */
  private static boolean alike(Shape one, Shape other) {
    if (one instanceof Shape.Typed typed && other instanceof Shape.Typed second) {
      return typed.family().meets(second.family());
    }
    return one.getClass() == other.getClass();
  }

  static String shown(Shape shape) {
    return switch (shape) {
      case Shape.Everything any -> "any value";
      case Shape.Nothing none -> "no value";
      case Shape.Typed typed ->
          typed.only() ? typed.family().shown() : "conditions for " + typed.family().shown();
      case Shape.Values values ->
          "one of the values " + values.values().stream().limit(10).toList();
      case Shape.Combined combined ->
          switch (combined.criterion()) {
            case ALL -> "all of " + combined.parts().size() + " conditions";
            case ANY -> "any of " + combined.parts().size() + " alternatives";
            case ONE -> "one of " + combined.parts().size() + " alternatives";
          };
      case Shape.Not not ->
          "anything but " + (not.part() instanceof Shape.Not ? "a negation" : shown(not.part()));
      case Shape.Conditional conditional -> "a condition";
    };
  }
}
