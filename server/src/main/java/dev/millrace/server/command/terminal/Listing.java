package dev.millrace.server.command.terminal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rows with named columns: a table for people, an array of JSON objects for programs. Cells are
 * text, numbers, truth values, lists of them, or null.
 */
public final class Listing {
  private static final int GAP = 2;

  private final List<String> columns;
  private final List<List<@Nullable Object>> rows = new ArrayList<>();

  private Listing(List<String> columns) {
    this.columns = columns;
  }

  /** A listing with these columns; their names are the JSON keys: {@code highWatermark}. */
  public static Listing of(String... columns) {
    return new Listing(List.of(columns));
  }

  /** Adds a row. */
  public void add(@Nullable Object... cells) {
    if (cells.length != columns.size()) {
      throw new IllegalArgumentException(
          "row has another width, cells=" + cells.length + " columns=" + columns.size());
    }
    List<@Nullable Object> row = new ArrayList<>(cells.length);
    for (Object cell : cells) {
      row.add(cell);
    }
    rows.add(row);
  }

  public List<String> columns() {
    return columns;
  }

  public List<List<@Nullable Object>> rows() {
    return rows;
  }

  /** The rows as maps from column to cell. */
  public List<Map<String, @Nullable Object>> objects() {
    List<Map<String, @Nullable Object>> objects = new ArrayList<>();
    for (List<@Nullable Object> row : rows) {
      Map<String, @Nullable Object> object = new LinkedHashMap<>();
      for (int i = 0; i < row.size(); i++) {
        object.put(columns.get(i), row.get(i));
      }
      objects.add(object);
    }
    return objects;
  }

  /** The table: a line of headings and one line a row; numbers stand right. */
  public String table() {
    List<List<String>> lines = new ArrayList<>();
    lines.add(columns.stream().map(Listing::heading).toList());
    for (List<@Nullable Object> row : rows) {
      List<String> line = new ArrayList<>();
      row.forEach(cell -> line.add(text(cell)));
      lines.add(line);
    }
    int[] widths = widths(lines);
    StringBuilder out = new StringBuilder();
    for (List<String> line : lines) {
      out.append(line(line, widths).stripTrailing()).append('\n');
    }
    return out.toString();
  }

  private String line(List<String> cells, int[] widths) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < cells.size(); i++) {
      String cell = cells.get(i);
      String padding = " ".repeat(widths[i] - cell.length());
      out.append(isNumeric(i) ? padding + cell : cell + padding).append(" ".repeat(GAP));
    }
    return out.toString();
  }

  private boolean isNumeric(int column) {
    return rows.stream()
        .map(row -> row.get(column))
        .allMatch(cell -> cell == null || cell instanceof Number);
  }

  private static int[] widths(List<List<String>> lines) {
    int[] widths = new int[lines.getFirst().size()];
    for (List<String> line : lines) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], line.get(i).length());
      }
    }
    return widths;
  }

  /** {@code highWatermark} becomes {@code HIGH WATERMARK}. */
  private static String heading(String column) {
    return column.replaceAll("([a-z])([A-Z])", "$1 $2").toUpperCase(Locale.ROOT);
  }

  private static String text(@Nullable Object cell) {
    String text =
        cell instanceof List<?> list
            ? String.join(",", list.stream().map(String::valueOf).toList())
            : String.valueOf(cell);
    return cell == null || text.isEmpty() ? "-" : text;
  }

  /** {@code produced 1 record}, {@code produced 2 records}. */
  public static String count(String before, long count, String noun) {
    return before + " " + count + " " + noun + (count == 1 ? "" : "s");
  }
}
