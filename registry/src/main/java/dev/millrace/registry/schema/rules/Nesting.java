package dev.millrace.registry.schema.rules;

import dev.millrace.registry.schema.InvalidSchemaException;

/** How deep the brackets of a text are nested, counted before anything recursive looks at it. */
public final class Nesting {
  private Nesting() {}

  /**
   * Checks a JSON text.
   *
   * @throws InvalidSchemaException when it is nested deeper than {@code max}
   */
  public static void ofJson(String text, int max) throws InvalidSchemaException {
    int depth = 0;
    boolean quoted = false;
    for (int at = 0; at < text.length(); at++) {
      char letter = text.charAt(at);
      if (quoted) {
        if (letter == '\\') {
          at++;
        } else if (letter == '"') {
          quoted = false;
        }
      } else if (letter == '"') {
        quoted = true;
      } else if (letter == '{' || letter == '[') {
        if (++depth > max) {
          throw new InvalidSchemaException(
              "the schema is nested too deep, levels>" + max + " at character=" + at);
        }
      } else if (letter == '}' || letter == ']') {
        depth--;
      }
    }
  }
}
