package dev.millrace.registry.schema.protobuf;

/**
 * A piece of a {@code .proto} text.
 *
 * @param text the name, number or sign as written; of a string what it stands for, one char a byte
 */
record Token(Kind kind, String text, int line, int column) {
  /** What a piece is. */
  enum Kind {
    /** A name without dots. */
    NAME,
    /** Digits, decimal, octal or hexadecimal. */
    WHOLE,
    /** A number with a fraction or an exponent. */
    FRACTION,
    /** A quoted string. */
    STRING,
    /** One character. */
    SIGN,
    /** Behind the last one. */
    END
  }

  boolean is(String sign) {
    return (kind == Kind.SIGN || kind == Kind.NAME) && text.equals(sign);
  }

  String shown() {
    return switch (kind) {
      case END -> "the end of the text";
      case STRING -> "a string";
      default -> "'" + (text.length() > 60 ? text.substring(0, 60) + "…" : text) + "'";
    };
  }
}
