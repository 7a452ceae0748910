package dev.millrace.base.settings;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Which values of its type a setting may have. */
public sealed interface Allowed {
  /** Whether {@code value}, already of the right type, is one of them. */
  boolean allows(Object value);

  /** What is allowed, for people: stands after "allowed: ". */
  String description();

  /** Every value. */
  record Anything() implements Allowed {
    @Override
    public boolean allows(Object value) {
      return true;
    }

    @Override
    public String description() {
      return "anything";
    }
  }

  /** A text that is not empty. */
  record NotEmpty() implements Allowed {
    @Override
    public boolean allows(Object value) {
      return !(value instanceof String text) || !text.isEmpty();
    }

    @Override
    public String description() {
      return "a text that is not empty";
    }
  }

  /**
   * A number from {@code least} to {@code most}, or one that lies outside and has a meaning of its
   * own.
   */
  record Range(double least, double most, List<Double> others, String description)
      implements Allowed {
    @Override
    public boolean allows(Object value) {
      double number = ((Number) value).doubleValue();
      return (number >= least && number <= most) || others.contains(number);
    }
  }

  /** One of a few words; of a list, each element is one of them and stands there once. */
  record OneOf(List<String> words, boolean ignoringCase) implements Allowed {
    @Override
    public boolean allows(Object value) {
      if (value instanceof List<?> list) {
        return list.stream().distinct().count() == list.size()
            && list.stream().allMatch(element -> allowsWord(element.toString()));
      }
      return allowsWord(value.toString());
    }

    private boolean allowsWord(String word) {
      return ignoringCase
          ? words.stream().anyMatch(known -> known.equalsIgnoreCase(word))
          : words.contains(word);
    }

    @Override
    public String description() {
      return String.join(", ", words);
    }
  }

  /** {@code *}, or pairs {@code partition:broker}; or nothing. */
  record ThrottledReplicas() implements Allowed {
    private static final Pattern PAIR = Pattern.compile("[0-9]{1,9}:[0-9]{1,9}");

    @Override
    public boolean allows(Object value) {
      List<?> list = (List<?>) value;
      return list.equals(List.of("*"))
          || list.stream().allMatch(pair -> PAIR.matcher(pair.toString()).matches());
    }

    @Override
    public String description() {
      return "* or partition:broker,partition:broker,...";
    }
  }

  /** {@code earliest}, {@code latest}, or how long ago as an ISO-8601 duration. */
  record StartingPoint() implements Allowed {
    private static final String DURATION = "by_duration:";

    @Override
    public boolean allows(Object value) {
      String word = value.toString().strip().toLowerCase(Locale.ROOT);
      if (!word.startsWith(DURATION)) {
        return word.equals("earliest") || word.equals("latest");
      }
      try {
        return !Duration.parse(word.substring(DURATION.length())).isNegative();
      } catch (DateTimeParseException e) {
        return false;
      }
    }

    @Override
    public String description() {
      return "earliest, latest, or by_duration: and an ISO-8601 duration such as PT1H";
    }
  }

  /** Reads the notation of the tables: {@code [0,...,9] or -1}, {@code [a, b]}, and words. */
  static Allowed parse(String text) {
    String ignoring = "ignoring case ";
    if (text.isEmpty()) {
      return new Anything();
    }
    if (text.equals("non-empty string")) {
      return new NotEmpty();
    }
    if (text.equals("throttled replicas")) {
      return new ThrottledReplicas();
    }
    if (text.equals("starting point")) {
      return new StartingPoint();
    }
    if (text.startsWith(ignoring)) {
      return new OneOf(words(text.substring(ignoring.length()).toLowerCase(Locale.ROOT)), true);
    }
    return text.contains("...") ? range(text) : new OneOf(words(text), false);
  }

  private static List<String> words(String text) {
    return List.of(text.substring(1, text.length() - 1).split(", "));
  }

  private static Range range(String text) {
    int close = text.indexOf(']');
    String[] parts = text.substring(1, close).split(",");
    double least = Double.parseDouble(parts[0]);
    double most = parts.length > 2 ? Double.parseDouble(parts[2]) : Double.POSITIVE_INFINITY;
    int or = text.indexOf(" or ");
    List<Double> others = or < 0 ? List.of() : List.of(Double.valueOf(text.substring(or + 4)));
    String most0 = parts.length > 2 ? parts[0] + " to " + parts[2] : parts[0] + " or more";
    return new Range(least, most, others, or < 0 ? most0 : most0 + text.substring(or));
  }
}
