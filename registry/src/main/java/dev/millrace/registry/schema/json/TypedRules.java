package dev.millrace.registry.schema.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.registry.schema.json.Shape.Family;
import dev.millrace.registry.schema.rules.Findings;
import java.math.BigDecimal;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The conditions of one type against those of another: limits, patterns, multiples; objects and
 * arrays have rules of their own.
 */
final class TypedRules {
  private static final List<Bound> BOUNDS =
      List.of(
          new Bound("maximum", new Limit("maximum", "MAXIMUM", true), false),
          new Bound("minimum", new Limit("minimum", "MINIMUM", false), false),
          new Bound("maximum", new Limit("exclusiveMaximum", "EXCLUSIVE_MAXIMUM", true), true),
          new Bound("minimum", new Limit("exclusiveMinimum", "EXCLUSIVE_MINIMUM", false), true));

  /**
   * A limit of numbers.
   *
   * @param keyword of the limit that is not exclusive
   */
  private record Bound(String keyword, Limit limit, boolean isExclusive) {
    /** Null without one. In draft 4 a flag beside the limit makes it exclusive. */
    @Nullable BigDecimal of(ObjectNode schema) {
      String exclusive = keyword.equals("maximum") ? "exclusiveMaximum" : "exclusiveMinimum";
      boolean isFlagged =
          schema.path(exclusive).isBoolean() && schema.path(exclusive).booleanValue();
      return isFlagged == isExclusive
          ? number(schema, keyword)
          : isExclusive ? number(schema, exclusive) : null;
    }
  }

  private TypedRules() {}

  static void compare(Findings<ShapePair> findings, Shape.Typed reader, Shape.Typed writer) {
    if (!reader.family().meets(writer.family())) {
      if (reader.only() || !writer.only()) {
        differ(findings, reader, writer);
      }
      return;
    }
    if (reader.only() && !writer.only()) {
      findings.difference(
          "TYPE_NARROWED",
          "/type",
          "only "
              + reader.family().shown()
              + " is accepted now, and values of any type were allowed before; leave the type open");
    } else if (reader.family() == Family.INTEGER && writer.family() == Family.NUMBER) {
      findings.difference(
          "TYPE_NARROWED",
          "/type",
          "number becomes integer, and fractions were allowed before; keep number");
    }
    ObjectNode before = writer.schema();
    ObjectNode after = reader.schema();
    switch (reader.family()) {
      case TEXT -> {
        upper(findings, before, after, "maxLength", "MAX_LENGTH");
        lower(findings, before, after, "minLength", "MIN_LENGTH");
        pattern(findings, before, after);
      }
      case NUMBER, INTEGER -> numbers(findings, before, after);
      case OBJECT -> new ObjectRules(findings, reader, writer).compare();
      case ARRAY -> new ArrayRules(findings, reader, writer).compare();
      case FLAG, NULL -> {}
    }
  }

  private static void differ(Findings<ShapePair> findings, Shape.Typed reader, Shape.Typed writer) {
    findings.difference(
        "TYPE_CHANGED",
        "",
        "the type changes from "
            + ShapeRules.shown(writer)
            + " to "
            + ShapeRules.shown(reader)
            + "; keep it, or allow both");
  }

  private static void pattern(Findings<ShapePair> findings, ObjectNode before, ObjectNode after) {
    JsonNode pattern = after.get("pattern");
    JsonNode old = before.get("pattern");
    if (pattern != null && !pattern.equals(old)) {
      findings.difference(
          old == null ? "PATTERN_ADDED" : "PATTERN_CHANGED",
          "/pattern",
          "the pattern is "
              + (old == null ? "new" : "another")
              + ", and strings that were written may not match it, pattern="
              + pattern.textValue());
    }
  }

  private static void numbers(Findings<ShapePair> findings, ObjectNode before, ObjectNode after) {
    for (Bound bound : BOUNDS) {
      bound.limit.compare(findings, bound.of(before), bound.of(after));
    }
    multiples(findings, before, after);
  }

  private static void multiples(Findings<ShapePair> findings, ObjectNode before, ObjectNode after) {
    BigDecimal multiple = number(after, "multipleOf");
    BigDecimal old = number(before, "multipleOf");
    if (multiple == null || (old != null && old.remainder(multiple).signum() == 0)) {
      return;
    }
    String rule =
        old == null
            ? "MULTIPLE_OF_ADDED"
            : multiple.remainder(old).signum() == 0
                ? "MULTIPLE_OF_EXPANDED"
                : "MULTIPLE_OF_CHANGED";
    findings.difference(
        rule,
        "/multipleOf",
        "numbers that were written may be no multiples, multipleOf=" + multiple + " before=" + old);
  }

  static void upper(
      Findings<ShapePair> findings,
      ObjectNode before,
      ObjectNode after,
      String keyword,
      String rule) {
    new Limit(keyword, rule, true)
        .compare(findings, number(before, keyword), number(after, keyword));
  }

  static void lower(
      Findings<ShapePair> findings,
      ObjectNode before,
      ObjectNode after,
      String keyword,
      String rule) {
    BigDecimal limit = number(after, keyword);
    if (limit != null && limit.signum() == 0) {
      return;
    }
    new Limit(keyword, rule, false).compare(findings, number(before, keyword), limit);
  }

  static @Nullable BigDecimal number(ObjectNode schema, String keyword) {
    JsonNode number = schema.get(keyword);
    return number == null || !number.isNumber() ? null : number.decimalValue();
  }

  /** Whether the conditions of a type accept all of some values, as far as is easy to tell. */
  static boolean accepts(Shape.Typed reader, Set<String> values) {
    Set<String> conditions =
        switch (reader.family()) {
          case TEXT -> Shapes.OF_TEXT;
          case NUMBER, INTEGER -> Shapes.OF_NUMBER;
          case OBJECT -> Shapes.OF_OBJECT;
          case ARRAY -> Shapes.OF_ARRAY;
          case FLAG, NULL -> Set.of();
        };
    boolean plain = conditions.stream().noneMatch(reader::has);
    return values.stream()
        .allMatch(value ->
            is(reader.family(), value)
                ? plain || (reader.family() == Family.TEXT && fits(reader, value))
                : !reader.only());
  }

  /** A text, written as JSON. */
  private static boolean fits(Shape.Typed reader, String value) {
    String text = value.substring(1, value.length() - 1);
    BigDecimal most = number(reader.schema(), "maxLength");
    BigDecimal least = number(reader.schema(), "minLength");
    BigDecimal length = BigDecimal.valueOf(text.codePointCount(0, text.length()));
    return text.indexOf('\\') < 0
        && (most == null || length.compareTo(most) <= 0)
        && (least == null || length.compareTo(least) >= 0)
        && (!reader.has("pattern")
            || reader.shapes().matches(reader.schema().get("pattern").asText(), text));
  }

  private static boolean is(Family family, String value) {
    char first = value.charAt(0);
    boolean number = first == '-' || (first >= '0' && first <= '9');
    return switch (family) {
      case TEXT -> first == '"';
      case FLAG -> value.equals("true") || value.equals("false");
      case NULL -> value.equals("null");
      case NUMBER -> number;
      case INTEGER -> number && new BigDecimal(value).scale() <= 0;
      case OBJECT -> first == '{';
      case ARRAY -> first == '[';
    };
  }

  /** Whether nothing is accepted by both, as far as their types tell. */
  static boolean disjoint(Shape one, Shape other) {
    return one instanceof Shape.Nothing
        || (one instanceof Shape.Typed typed
            && typed.only()
            && other instanceof Shape.Typed second
            && second.only()
            && !typed.family().meets(second.family()));
  }
}
