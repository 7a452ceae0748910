package dev.millrace.registry.schema.avro;

import com.fasterxml.jackson.core.JsonProcessingException;

/** What the library says about a broken schema, as one line for its author. */
final class AvroMessages {
  private static final int CHARS_MAX = 500;

  private AvroMessages() {}

  static String of(Throwable error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof JsonProcessingException json) {
        var location = json.getLocation();
        return "the text is no JSON: "
            + firstLine(json.getOriginalMessage())
            + (location == null
                ? ""
                : ", line=" + location.getLineNr() + " column=" + location.getColumnNr());
      }
    }
    String message = error.getMessage();
    return message == null || message.isBlank() ? "the text is no avro schema" : firstLine(message);
  }

  private static String firstLine(String message) {
    String line = message.lines().findFirst().orElse("").replaceFirst(" \\(start marker at .*", "");
    return line.length() > CHARS_MAX ? line.substring(0, CHARS_MAX) + "…" : line;
  }
}
