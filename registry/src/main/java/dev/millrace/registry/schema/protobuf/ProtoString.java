package dev.millrace.registry.schema.protobuf;

import dev.millrace.registry.schema.InvalidSchemaException;
import java.nio.charset.StandardCharsets;

/** A quoted string of a {@code .proto} text: its escapes undone, one char a byte. */
final class ProtoString {
  private final String text;
  private final Tokens tokens;
  private final StringBuilder bytes = new StringBuilder();
  private int at;

  ProtoString(String text, int at, Tokens tokens) {
    this.text = text;
    this.at = at;
    this.tokens = tokens;
  }

  String read(char quote) throws InvalidSchemaException {
    while (at < text.length() && text.charAt(at) != quote) {
      int point = text.codePointAt(at);
      if (point == '\n') {
        break;
      }
      at += Character.charCount(point);
      if (point == '\\') {
        escape();
      } else {
        add(point);
      }
    }
    if (at >= text.length() || text.charAt(at) != quote) {
      throw tokens.wrongHere(at, "a string is not closed");
    }
    tokens.moveTo(at + 1);
    return bytes.toString();
  }

  private void escape() throws InvalidSchemaException {
    char letter = at < text.length() ? text.charAt(at++) : '\n';
    switch (letter) {
      case 'a' -> bytes.append((char) 7);
      case 'b' -> bytes.append('\b');
      case 'f' -> bytes.append('\f');
      case 'n' -> bytes.append('\n');
      case 'r' -> bytes.append('\r');
      case 't' -> bytes.append('\t');
      case 'v' -> bytes.append((char) 11);
      case '\\', '\'', '"', '?' -> bytes.append(letter);
      case 'x', 'X' -> bytes.append((char) (digits(2, 16) & 0xff));
      case 'u' -> add(digits(4, 16));
      case 'U' -> add(digits(8, 16));
      default -> {
        if (letter < '0' || letter > '7') {
          throw tokens.wrongHere(at - 1, "unknown escape in a string, escape=\\" + letter);
        }
        at--;
        bytes.append((char) (digits(3, 8) & 0xff));
      }
    }
  }

  private int digits(int max, int radix) throws InvalidSchemaException {
    int start = at;
    int value = 0;
    while (at < text.length() && at - start < max && Character.digit(text.charAt(at), radix) >= 0) {
      value = value * radix + Character.digit(text.charAt(at++), radix);
    }
    if (at == start || !Character.isValidCodePoint(value)) {
      throw tokens.wrongHere(start, "an escape in a string lacks its digits or is no character");
    }
    return value;
  }

  private void add(int point) {
    for (byte octet : Character.toString(point).getBytes(StandardCharsets.UTF_8)) {
      bytes.append((char) (octet & 0xff));
    }
  }
}
