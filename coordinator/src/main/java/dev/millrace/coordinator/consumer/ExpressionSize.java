package dev.millrace.coordinator.consumer;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * How large a regular expression of RE2 becomes when its repetitions are written out: {@code
 * (a{1000}){1000}} is short and takes a million steps. It is measured before the expression is
 * compiled, since compiling it would take the memory. Counts one step an atom; what it does not
 * understand it counts as one, and leaves it to the compiler to refuse.
 */
final class ExpressionSize {
  /** The most characters that an expression may have. */
  static final int LENGTH_MAX = 4_096;

  /** The most steps that it may become. */
  static final int STEPS_MAX = 10_000;

  /** The most groups in one another. */
  static final int DEPTH_MAX = 100;

  private static final char END_OF_COUNT = '}';

  private final String regex;
  private final ArrayDeque<Long> outer = new ArrayDeque<>();
  private long steps;
  private long atom;
  private int at;

  private ExpressionSize(String regex) {
    this.regex = regex;
  }

  /** Why an expression is too large to be compiled, or null when it is not. */
  static @Nullable String fault(String regex) {
    if (regex.length() > LENGTH_MAX) {
      return "it is longer than " + LENGTH_MAX + " characters";
    }
    ExpressionSize size = new ExpressionSize(regex);
    while (size.at < regex.length()) {
      size.step();
      if (size.outer.size() > DEPTH_MAX) {
        return "more than " + DEPTH_MAX + " groups are in one another";
      }
      if (size.steps > STEPS_MAX) {
        return "its repetitions make more than " + STEPS_MAX + " steps";
      }
    }
    return null;
  }

  private void step() {
    char next = regex.charAt(at++);
    switch (next) {
      case '\\' -> {
        at++;
        add(1);
      }
      case '[' -> {
        skipClass();
        add(1);
      }
      case '(' -> {
        outer.push(steps);
        steps = 0;
        atom = 0;
      }
      case ')' -> {
        long inner = steps;
        steps = outer.isEmpty() ? 0 : outer.pop();
        add(Math.max(1, inner));
      }
      case '{' -> repeat();
      default -> add(1);
    }
  }

  private void add(long size) {
    atom = size;
    steps += size;
  }

  /** Skips a class in brackets; a bracket right behind its start belongs to it. */
  private void skipClass() {
    int from = at;
    if (at < regex.length() && regex.charAt(at) == '^') {
      at++;
      from++;
    }
    while (at < regex.length() && (regex.charAt(at) != ']' || at == from)) {
      at += regex.charAt(at) == '\\' ? 2 : 1;
    }
    at++;
  }

  /** Multiplies what stands before by the larger number of {@code {n,m}}. */
  private void repeat() {
    int end = regex.indexOf(END_OF_COUNT, at);
    if (end < 0) {
      add(1);
      return;
    }
    long most = 1;
    for (String number : regex.substring(at, end).split(",", -1)) {
      most = Math.max(most, count(number));
    }
    at = end + 1;
    steps += atom * (most - 1);
    atom *= most;
  }

  /** A number, or 1 for what is none; one that is too long is refused by the compiler. */
  private static long count(String number) {
    boolean digits = !number.isEmpty() && number.length() < 5;
    for (int i = 0; i < number.length() && digits; i++) {
      digits = number.charAt(i) >= '0' && number.charAt(i) <= '9';
    }
    return digits ? Long.parseLong(number) : 1;
  }
}
