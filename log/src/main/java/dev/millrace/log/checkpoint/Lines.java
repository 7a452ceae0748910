package dev.millrace.log.checkpoint;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The frame that Kafka's text checkpoints share.
 *
 * <pre>
 *   0        version
 *   2        number of the lines that follow
 *   ...      fields, separated by a space
 * </pre>
 */
final class Lines {
  private static final String VERSION = "0";

  private Lines() {}

  static String write(List<String> lines) {
    StringBuilder text = new StringBuilder(lines.size() * 24 + 16);
    text.append(VERSION).append('\n').append(lines.size()).append('\n');
    lines.forEach(line -> text.append(line).append('\n'));
    return text.toString();
  }

  /** The fields of each line; every line has {@code fields} of them. */
  static List<String[]> read(Path path, String text, int fields) {
    List<String> lines = text.lines().toList();
    if (lines.size() < 2 || !lines.getFirst().strip().equals(VERSION)) {
      throw new CorruptFileException(path, "checkpoint does not start with version 0");
    }
    long count = number(path, lines.get(1).strip());
    List<String> rest = lines.subList(2, lines.size()).stream().filter(l -> !l.isBlank()).toList();
    if (count != rest.size()) {
      throw new CorruptFileException(
          path, "checkpoint has another number of lines, said=" + count + " there=" + rest.size());
    }
    List<String[]> parsed = new ArrayList<>(rest.size());
    for (String line : rest) {
      String[] parts = line.strip().split("\\s+");
      if (parts.length != fields) {
        throw new CorruptFileException(path, "checkpoint line is malformed, line=" + line);
      }
      parsed.add(parts);
    }
    return parsed;
  }

  static long number(Path path, String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException malformed) {
      throw new CorruptFileException(path, "checkpoint number is malformed, text=" + text);
    }
  }

  static int intNumber(Path path, String text) {
    long number = number(path, text);
    if (number != (int) number) {
      throw new CorruptFileException(path, "checkpoint number is out of range, text=" + text);
    }
    return (int) number;
  }
}
