package dev.millrace.server.command.records;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.client.ReceivedRecord;
import dev.millrace.server.command.terminal.UserException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a record becomes text: {@code %k=%v\n}. Keys and values are written byte by byte. */
final class RecordFormat {
  /** Writes one part of a record. */
  private interface Part {
    void print(Printed found, OutputStream out) throws IOException;
  }

  private record Printed(ReceivedRecord record, String keySchema, String valueSchema) {}

  private final List<Part> parts;

  private RecordFormat(List<Part> parts) {
    this.parts = parts;
  }

  /**
   * Reads a format.
   *
   * @throws UserException when a letter after a percent sign or backslash means nothing
   */
  static RecordFormat parse(String format) {
    List<Part> parts = new ArrayList<>();
    StringBuilder literal = new StringBuilder();
    for (int i = 0; i < format.length(); i++) {
      char mark = format.charAt(i);
      boolean isMark = mark == '%' || mark == '\\';
      if (!isMark) {
        literal.append(mark);
        continue;
      }
      if (++i == format.length()) {
        throw UserException.usage("format ends with a single " + mark + ", format=" + format);
      }
      char letter = format.charAt(i);
      if (mark == '\\' || letter == '%') {
        literal.append(mark == '\\' ? escaped(letter) : letter);
      } else {
        parts.add(text(literal.toString()));
        parts.add(field(letter));
        literal.setLength(0);
      }
    }
    parts.add(text(literal.toString()));
    return new RecordFormat(parts);
  }

  /**
   * Writes a record.
   *
   * @param keySchema {@code SUBJECT:VERSION}, empty where there is none; {@code valueSchema} alike
   */
  void print(ReceivedRecord found, String keySchema, String valueSchema, OutputStream out)
      throws IOException {
    Printed printed = new Printed(found, keySchema, valueSchema);
    for (Part part : parts) {
      part.print(printed, out);
    }
  }

  private static char escaped(char letter) {
    return switch (letter) {
      case 'n' -> '\n';
      case 't' -> '\t';
      case 'r' -> '\r';
      case '0' -> '\0';
      case '\\' -> '\\';
      default ->
          throw UserException.usage(
              "\\" + letter + " means nothing, allowed: \\n \\t \\r \\0 \\\\");
    };
  }

  private static Part field(char letter) {
    return switch (letter) {
      case 'k' -> (found, out) -> write(found.record().key(), out);
      case 'v' -> (found, out) -> write(found.record().value(), out);
      case 't' -> (found, out) -> write(found.record().partition().topic(), out);
      case 'p' ->
          (found, out) -> write(String.valueOf(found.record().partition().partition()), out);
      case 'o' -> (found, out) -> write(String.valueOf(found.record().offset()), out);
      case 'T' -> (found, out) -> write(String.valueOf(found.record().timestampMs()), out);
      case 'h' -> (found, out) -> write(headers(found.record()), out);
      case 's' -> (found, out) -> write(found.valueSchema(), out);
      case 'S' -> (found, out) -> write(found.keySchema(), out);
      default ->
          throw UserException.usage(
              "%" + letter + " means nothing, allowed: %k %v %t %p %o %T %h %s %S %%");
    };
  }

  private static String headers(ReceivedRecord found) {
    List<String> pairs = new ArrayList<>();
    for (ReceivedRecord.Header header : found.headers()) {
      Bytes value = header.value();
      pairs.add(header.key() + "=" + (value == null ? "" : value.utf8()));
    }
    return String.join(",", pairs);
  }

  private static Part text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return (found, out) -> out.write(bytes);
  }

  private static void write(@Nullable Bytes bytes, OutputStream out) throws IOException {
    if (bytes != null) {
      out.write(bytes.toArray());
    }
  }

  private static void write(String text, OutputStream out) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
  }
}
