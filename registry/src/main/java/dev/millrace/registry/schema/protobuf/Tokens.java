package dev.millrace.registry.schema.protobuf;

import dev.millrace.registry.schema.InvalidSchemaException;
import java.nio.charset.StandardCharsets;

/** Reads a {@code .proto} text piece by piece, one ahead; comments are passed over. */
final class Tokens {
  private final String text;
  private int at;
  private int line = 1;
  private int lineStart;
  private Token ahead;

  Tokens(String text) throws InvalidSchemaException {
    this.text = text;
    this.ahead = read();
  }

  /** The next piece, which stays the next. */
  Token peek() {
    return ahead;
  }

  Token next() throws InvalidSchemaException {
    Token token = ahead;
    ahead = read();
    return token;
  }

  /** Takes the next piece if it is this sign or name. */
  boolean take(String sign) throws InvalidSchemaException {
    if (!ahead.is(sign)) {
      return false;
    }
    next();
    return true;
  }

  void expect(String sign) throws InvalidSchemaException {
    if (!take(sign)) {
      throw wrong(ahead, "expected '" + sign + "' but found " + ahead.shown());
    }
  }

  String name(String what) throws InvalidSchemaException {
    if (ahead.kind() != Token.Kind.NAME) {
      throw wrong(ahead, "expected " + what + " but found " + ahead.shown());
    }
    return next().text();
  }

  /** Names with dots between them; a dot may stand before the first. */
  String path(String what) throws InvalidSchemaException {
    StringBuilder path = new StringBuilder(take(".") ? "." : "");
    path.append(name(what));
    while (take(".")) {
      path.append('.').append(name(what));
    }
    return path.toString();
  }

  /** Adjacent strings are one; one char a byte. */
  String string(String what) throws InvalidSchemaException {
    if (ahead.kind() != Token.Kind.STRING) {
      throw wrong(ahead, "expected " + what + " in quotes but found " + ahead.shown());
    }
    StringBuilder whole = new StringBuilder(next().text());
    while (ahead.kind() == Token.Kind.STRING) {
      whole.append(next().text());
    }
    return whole.toString();
  }

  /** The string as text. */
  String words(String what) throws InvalidSchemaException {
    return new String(string(what).getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  /** A whole number with sign, within the range of int. */
  int number(String what) throws InvalidSchemaException {
    Token first = ahead;
    boolean negative = take("-");
    long value = whole(next(), what);
    value = negative ? -value : value;
    if (value != (int) value) {
      throw wrong(first, "the " + what + " is out of range, value=" + value);
    }
    return (int) value;
  }

  /** A whole number without sign. */
  static long whole(Token token, String what) throws InvalidSchemaException {
    if (token.kind() != Token.Kind.WHOLE) {
      throw wrong(token, "expected a " + what + " but found " + token.shown());
    }
    try {
      String digits = token.text();
      if (digits.startsWith("0x") || digits.startsWith("0X")) {
        return Long.parseUnsignedLong(digits.substring(2), 16);
      }
      return digits.length() > 1 && digits.startsWith("0")
          ? Long.parseUnsignedLong(digits, 8)
          : Long.parseUnsignedLong(digits);
    } catch (NumberFormatException e) {
      throw new InvalidSchemaException(
          at(token) + "the " + what + " is no number, text=" + token.shown(), e);
    }
  }

  static InvalidSchemaException wrong(Token token, String message) {
    return new InvalidSchemaException(at(token) + message);
  }

  private static String at(Token token) {
    return "line=" + token.line() + " column=" + token.column() + ": ";
  }

  private Token read() throws InvalidSchemaException {
    space();
    int start = at;
    int column = at - lineStart + 1;
    if (at == text.length()) {
      return new Token(Token.Kind.END, "", line, column);
    }
    char first = text.charAt(at);
    if (first == '"' || first == '\'') {
      return new Token(
          Token.Kind.STRING, new ProtoString(text, at + 1, this).read(first), line, column);
    }
    if (letter(first)) {
      while (at < text.length() && (letter(text.charAt(at)) || digit(text.charAt(at)))) {
        at++;
      }
      return new Token(Token.Kind.NAME, text.substring(start, at), line, column);
    }
    if (digit(first) || first == '.' && at + 1 < text.length() && digit(text.charAt(at + 1))) {
      return number(start, column);
    }
    at++;
    return new Token(Token.Kind.SIGN, String.valueOf(first), line, column);
  }

  private Token number(int start, int column) {
    boolean hexadecimal = text.startsWith("0x", at) || text.startsWith("0X", at);
    boolean fraction = false;
    while (at < text.length()) {
      char letter = text.charAt(at);
      boolean exponent = !hexadecimal && (letter == 'e' || letter == 'E');
      boolean sign =
          (letter == '+' || letter == '-')
              && at > start
              && !hexadecimal
              && "eE".indexOf(text.charAt(at - 1)) >= 0;
      if (!digit(letter) && !letter(letter) && letter != '.' && !sign) {
        break;
      }
      fraction |= exponent || letter == '.';
      at++;
    }
    String digits = text.substring(start, at);
    return new Token(fraction ? Token.Kind.FRACTION : Token.Kind.WHOLE, digits, line, column);
  }

  /** The string ended at {@code end}. */
  void moveTo(int end) {
    at = end;
  }

  InvalidSchemaException wrongHere(int where, String message) {
    return new InvalidSchemaException(
        "line=" + line + " column=" + (where - lineStart + 1) + ": " + message);
  }

  private void space() throws InvalidSchemaException {
    while (at < text.length()) {
      char letter = text.charAt(at);
      if (letter == '\n') {
        line++;
        lineStart = at + 1;
        at++;
      } else if (letter <= ' ' || letter == '\uFEFF') {
        at++;
      } else if (text.startsWith("//", at)) {
        int end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end;
      } else if (text.startsWith("/*", at)) {
        block();
      } else {
        return;
      }
    }
  }

  private void block() throws InvalidSchemaException {
    int end = text.indexOf("*/", at + 2);
    if (end < 0) {
      throw wrongHere(at, "a comment is not closed");
    }
    for (int inside = at; inside < end; inside++) {
      if (text.charAt(inside) == '\n') {
        line++;
        lineStart = inside + 1;
      }
    }
    at = end + 2;
  }

  private static boolean letter(char letter) {
    return letter >= 'a' && letter <= 'z' || letter >= 'A' && letter <= 'Z' || letter == '_';
  }

  private static boolean digit(char letter) {
    return letter >= '0' && letter <= '9';
  }
}
