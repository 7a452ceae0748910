package dev.millrace.wiregen;

/** Java text that grows line by line with the right indentation. */
final class Source {
  private final StringBuilder text = new StringBuilder();
  private int depth;

  /** Adds a line; a leading brace closes a block, a trailing one opens one. */
  @SuppressWarnings("AnnotateFormatMethod")
  Source line(String format, Object... parts) {
    String line = parts.length == 0 ? format : String.format(format, parts);
    if (line.startsWith("}")) {
      depth--;
    }
    text.append("  ".repeat(line.isEmpty() ? 0 : depth)).append(line).append('\n');
    if (line.endsWith("{")) {
      depth++;
    }
    return this;
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
