package dev.millrace.base.settings;

/**
 * A broker setting that speaks for another one.
 *
 * @param name the broker setting
 * @param factor what its number is multiplied with to get the other's unit (hours to milliseconds);
 *     negative numbers mean "unlimited" and stay -1
 */
public record Fallback(String name, long factor) {
  /** Reads {@code name} or {@code name*factor}. */
  static Fallback parse(String text) {
    int star = text.indexOf('*');
    return star < 0
        ? new Fallback(text, 1)
        : new Fallback(text.substring(0, star), Long.parseLong(text.substring(star + 1)));
  }

  /** The value in the other setting's unit. */
  String convert(String value) {
    if (factor == 1) {
      return value;
    }
    long number = Long.parseLong(value.strip());
    return Long.toString(number < 0 ? -1 : Math.multiplyExact(number, factor));
  }
}
