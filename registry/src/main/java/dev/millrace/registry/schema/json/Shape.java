package dev.millrace.registry.schema.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What a schema says, taken apart: references followed, several conditions made into one of all of
 * them.
 */
sealed interface Shape {
  /** Any value. */
  record Everything() implements Shape {}

  /** No value. */
  record Nothing() implements Shape {}

  /**
   * Values of one type, with the conditions for that type.
   *
   * @param only whether values of other types are refused; a schema without {@code type} says
   *     nothing about them
   * @param schema where the conditions stand
   * @param shapes of the schemas inside
   */
  record Typed(Family family, boolean only, ObjectNode schema, Shapes shapes) implements Shape {
    Shape inner(String keyword) {
      JsonNode inner = schema.get(keyword);
      return inner == null || !Keywords.isSchema(inner) ? Shapes.EVERYTHING : shapes.shape(inner);
    }

    boolean has(String keyword) {
      return schema.has(keyword);
    }

    /**
     * What is said about names or places that {@code keyword} is said to be left with. Where other
     * schemas look at the same value it is not known here which ones that are: a writer promises
     * nothing then.
     */
    Shape unevaluated(String keyword, boolean written) {
      return written && has(keyword) && shapes.inPlace(schema) ? Shapes.EVERYTHING : inner(keyword);
    }
  }

  /** One of these values, each as text that is the same for equal values. */
  record Values(Set<String> values) implements Shape {}

  /** All, any or exactly one of the parts. */
  record Combined(Criterion criterion, List<Shape> parts) implements Shape {}

  /** What the part does not accept. */
  record Not(Shape part) implements Shape {}

  /**
   * If, then, else.
   *
   * @param then everything where it is not said, as is {@code otherwise}
   */
  record Conditional(Shape test, Shape then, Shape otherwise) implements Shape {}

  /** How parts are combined. */
  enum Criterion {
    ALL,
    ANY,
    ONE
  }

  /** Types of values; integer is a number without fraction. */
  enum Family {
    TEXT,
    NUMBER,
    INTEGER,
    OBJECT,
    ARRAY,
    FLAG,
    NULL;

    /** Whether values of both may be the same. */
    boolean meets(Family other) {
      return this == other || (numeric() && other.numeric());
    }

    boolean numeric() {
      return this == NUMBER || this == INTEGER;
    }

    String shown() {
      return switch (this) {
        case TEXT -> "string";
        case FLAG -> "boolean";
        default -> name().toLowerCase(Locale.ROOT);
      };
    }
  }
}
