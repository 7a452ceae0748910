package dev.millrace.serializers.core;

import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.jspecify.annotations.Nullable;

/** Why one schema does not read what another one writes, with the names of fields. */
final class AvroDifferences {
  private AvroDifferences() {}

  static List<String> of(Schema reader, Schema writer) {
    return SchemaCompatibility.checkReaderWriterCompatibility(reader, writer)
        .getResult()
        .getIncompatibilities()
        .stream()
        .map(reason -> told(reason, reader))
        .toList();
  }

  private static String told(SchemaCompatibility.Incompatibility reason, Schema reader) {
    String field = field(reader, reason.getLocation());
    return reason.getType()
        + " at "
        + reason.getLocation()
        + (field.isEmpty() ? "" : " field=" + field)
        + " "
        + reason.getMessage();
  }

  /** {@code a.b[].c} for a location that counts fields; empty where it leads through none. */
  private static String field(Schema reader, String location) {
    List<String> path = new ArrayList<>();
    Schema at = reader;
    String[] parts = location.split("/");
    for (int part = 1; part < parts.length && at != null; part++) {
      switch (parts[part]) {
        case "fields" -> {
          Schema.Field field =
              at.getType() == Schema.Type.RECORD && part + 1 < parts.length
                  ? numbered(at.getFields(), parts[++part])
                  : null;
          if (field != null) {
            path.add((path.isEmpty() ? "" : ".") + field.name());
          }
          at = field == null ? null : field.schema();
        }
        case "items" -> {
          path.add("[]");
          at = at.getType() == Schema.Type.ARRAY ? at.getElementType() : null;
        }
        case "values" -> {
          path.add("{}");
          at = at.getType() == Schema.Type.MAP ? at.getValueType() : null;
        }
        default ->
            at = at.getType() == Schema.Type.UNION ? numbered(at.getTypes(), parts[part]) : at;
      }
    }
    return String.join("", path);
  }

  private static <T> @Nullable T numbered(List<T> all, String number) {
    return number.chars().allMatch(Character::isDigit)
            && number.length() < 6
            && !number.isEmpty()
            && Integer.parseInt(number) < all.size()
        ? all.get(Integer.parseInt(number))
        : null;
  }
}
