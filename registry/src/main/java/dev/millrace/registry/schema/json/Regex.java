package dev.millrace.registry.schema.json;

import dev.millrace.registry.schema.InvalidSchemaException;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * A regular expression that cannot run away. RE2 runs it, in time linear in the text; what RE2 does
 * not know (look-around, back references) or would blow up (counted repetitions) is run by the JDK
 * over a text that counts how often it is looked at.
 */
final class Regex {
  private static final int CHARS_MAX = 10_000;
  private static final int GROUPS_DEEP_MAX = 100;
  private static final long REPEATED_MAX = 1000;
  private static final long STEPS_MAX = 50_000_000;
  private static final int LOOKS_MAX = 5_000_000;
  private static final long STEPS_PER_LOOK = 10;

  private final com.google.re2j.@Nullable Pattern linear;
  private final @Nullable Pattern backtracking;
  private final long size;

  private Regex(
      com.google.re2j.@Nullable Pattern linear, @Nullable Pattern backtracking, long size) {
    this.linear = linear;
    this.backtracking = backtracking;
    this.size = size;
  }

  /** Compiles it; {@code path} is for the message. */
  static Regex of(String expression, String path) throws InvalidSchemaException {
    long repeated = repeated(expression);
    if (expression.length() > CHARS_MAX || deep(expression) > GROUPS_DEEP_MAX) {
      throw new InvalidSchemaException(
          "the regular expression is too long or nested too deep, at=#" + path);
    }
    if (repeated <= REPEATED_MAX) {
      try {
        return new Regex(
            com.google.re2j.Pattern.compile(expression),
            null,
            expression.length() * Math.max(1, repeated));
      } catch (com.google.re2j.PatternSyntaxException e) {
        // not of RE2's language: the JDK's may know it
      }
    }
    try {
      return new Regex(null, Pattern.compile(expression), 1);
    } catch (PatternSyntaxException e) {
      throw new InvalidSchemaException(
          "the regular expression cannot be read, at=#"
              + path
              + " expression="
              + expression
              + " reason="
              + e.getDescription(),
          e);
    }
  }

  /**
   * Whether it is found somewhere in the text; what that costs is taken from the budget.
   *
   * @throws Exhausted when that would take too long
   */
  boolean found(String text, Budget budget) {
    if (linear != null) {
      if (size * text.length() > STEPS_MAX) {
        throw new Exhausted(
            "the text is too long for the regular expression, characters=" + text.length());
      }
      budget.take(size * text.length());
      return linear.matcher(text).find();
    }
    int[] left = {LOOKS_MAX};
    try {
      return backtracking != null
          && backtracking.matcher(new Counted(text, 0, text.length(), left)).find();
    } finally {
      budget.take((LOOKS_MAX - left[0]) * STEPS_PER_LOOK);
    }
  }

  /** What all expressions of one comparison or one payload may cost together. For one thread. */
  static final class Budget {
    private static final long ALL_MAX = 10 * STEPS_MAX;

    private long left = ALL_MAX;

    private void take(long steps) {
      left -= steps;
      if (left < 0) {
        throw new Exhausted(
            "the regular expressions take too long together; write them simpler, or fewer");
      }
    }
  }

  /** The product of all counts. */
  private static long repeated(String expression) {
    long product = 1;
    for (int at = expression.indexOf('{'); at >= 0; at = expression.indexOf('{', at + 1)) {
      long highest = 1;
      long number = 0;
      for (int digit = at + 1;
          digit < expression.length()
              && (Character.isDigit(expression.charAt(digit)) || expression.charAt(digit) == ',');
          digit++) {
        number =
            expression.charAt(digit) == ','
                ? 0
                : Math.min(number * 10 + expression.charAt(digit) - '0', Integer.MAX_VALUE);
        highest = Math.max(highest, number);
      }
      product = Math.min(product * highest, Integer.MAX_VALUE);
    }
    return product;
  }

  private static int deep(String expression) {
    int depth = 0;
    int deepest = 0;
    for (int at = 0; at < expression.length(); at++) {
      char letter = expression.charAt(at);
      if (letter == '\\') {
        at++;
      } else if (letter == '(' || letter == '[') {
        deepest = Math.max(deepest, ++depth);
      } else if ((letter == ')' || letter == ']') && depth > 0) {
        depth--;
      }
    }
    return deepest;
  }

  /** Matching was given up. */
  static final class Exhausted extends RuntimeException {
    private static final long serialVersionUID = 1;

    Exhausted(String message) {
      super(message, null, false, false);
    }
  }

  /** A text that counts how often it is looked at. */
  @SuppressWarnings("ArrayRecordComponent") // one counter for all parts of a text
  private record Counted(String text, int from, int to, int[] left) implements CharSequence {
    @Override
    public int length() {
      return to - from;
    }

    @Override
    public char charAt(int index) {
      if (--left[0] < 0) {
        throw new Exhausted(
            "the regular expression takes too long on this text; write it without nested repetitions");
      }
      return text.charAt(from + index);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return new Counted(text, from + start, from + end, left);
    }

    @Override
    public String toString() {
      return text.substring(from, to);
    }
  }
}
