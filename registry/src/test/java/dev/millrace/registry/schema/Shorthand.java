package dev.millrace.registry.schema;

/**
 * The tables' way to write schemas on one line. JSON may use single quotes. An Avro record may be
 * written {@code R{a:'int'; b:'long'=0}}: fields with type and, if there is one, default. Protobuf
 * is proto3 where no syntax is said.
 */
final class Shorthand {
  private Shorthand() {}

  static String expanded(SchemaType type, String text) {
    return switch (type) {
      case AVRO -> records(text).replace('\'', '"');
      case JSON -> text.replace('\'', '"');
      case PROTOBUF ->
          text.startsWith("syntax") || text.startsWith("edition")
              ? text
              : "syntax = \"proto3\"; " + text;
    };
  }

  private static String records(String text) {
    int brace = start(text);
    if (brace < 0) {
      return text;
    }
    int name = brace;
    while (name > 0
        && (Character.isLetterOrDigit(text.charAt(name - 1)) || text.charAt(name - 1) == '.')) {
      name--;
    }
    int end = end(text, brace);
    String record =
        "{'type':'record','name':'"
            + text.substring(name, brace)
            + "','fields':["
            + fields(text.substring(brace + 1, end))
            + "]}";
    return records(text.substring(0, name) + record + text.substring(end + 1));
  }

  /** The last brace with a name before it: inner records come first. */
  private static int start(String text) {
    for (int at = text.length() - 1; at > 0; at--) {
      if (text.charAt(at) == '{' && Character.isLetterOrDigit(text.charAt(at - 1))) {
        return at;
      }
    }
    return -1;
  }

  private static int end(String text, int brace) {
    int depth = 0;
    for (int at = brace; at < text.length(); at++) {
      depth += text.charAt(at) == '{' ? 1 : text.charAt(at) == '}' ? -1 : 0;
      if (depth == 0) {
        return at;
      }
    }
    throw new AssertionError("a brace is not closed: " + text);
  }

  private static String fields(String text) {
    StringBuilder fields = new StringBuilder();
    for (String field : text.split(";")) {
      if (field.isBlank()) {
        continue;
      }
      int colon = field.indexOf(':');
      int equals = field.indexOf('=', colon);
      fields
          .append(fields.isEmpty() ? "" : ",")
          .append("{'name':'")
          .append(field.substring(0, colon).strip())
          .append("','type':")
          .append(field.substring(colon + 1, equals < 0 ? field.length() : equals).strip());
      if (equals >= 0) {
        fields.append(",'default':").append(field.substring(equals + 1).strip());
      }
      fields.append('}');
    }
    return fields.toString();
  }
}
