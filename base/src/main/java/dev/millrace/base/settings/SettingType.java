package dev.millrace.base.settings;

import java.util.List;
import java.util.Locale;

/** What kind of value a setting has, with the number that DescribeConfigs shows for it. */
public enum SettingType {
  /** {@code true} or {@code false}, in any case. */
  BOOLEAN(1),
  STRING(2),
  /** 32 bits, signed. */
  INT(3),
  /** 16 bits, signed. */
  SHORT(4),
  /** 64 bits, signed. */
  LONG(5),
  DOUBLE(6),
  /** Texts separated by commas; blanks around them do not count. */
  LIST(7),
  /** The name of a Java class. */
  CLASS(8),
  /** A text that is never shown again. */
  PASSWORD(9);

  private final byte number;

  SettingType(int number) {
    this.number = (byte) number;
  }

  /** The number of this type in DescribeConfigs. */
  public byte number() {
    return number;
  }

  /**
   * The value that {@code text} means: Boolean, String, Integer, Short, Long, Double or a list of
   * String.
   *
   * @throws NumberFormatException when it is no number of this type
   * @throws IllegalArgumentException when it is no value of this type
   */
  Object parse(String text) {
    String trimmed = text.strip();
    return switch (this) {
      case BOOLEAN -> parseBoolean(trimmed);
      case INT -> Integer.valueOf(trimmed);
      case SHORT -> Short.valueOf(trimmed);
      case LONG -> Long.valueOf(trimmed);
      case DOUBLE -> parseDouble(trimmed);
      case LIST -> trimmed.isEmpty() ? List.of() : List.of(trimmed.split("\\s*,\\s*", -1));
      case STRING, CLASS -> trimmed;
      case PASSWORD -> text;
    };
  }

  /** What a value of this type looks like, for people. */
  String description() {
    return switch (this) {
      case BOOLEAN -> "true or false";
      case INT -> "a whole number of 32 bits";
      case SHORT -> "a whole number of 16 bits";
      case LONG -> "a whole number of 64 bits";
      case DOUBLE -> "a decimal number";
      case LIST -> "texts separated by commas";
      case CLASS -> "the name of a class";
      case STRING, PASSWORD -> "a text";
    };
  }

  private static Boolean parseBoolean(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true" -> Boolean.TRUE;
      case "false" -> Boolean.FALSE;
      default -> throw new IllegalArgumentException("neither true nor false");
    };
  }

  private static Double parseDouble(String text) {
    double value = Double.parseDouble(text);
    if (Double.isNaN(value)) {
      throw new IllegalArgumentException("not a number");
    }
    return value;
  }
}
