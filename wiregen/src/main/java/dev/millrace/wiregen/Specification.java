package dev.millrace.wiregen;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * One message of the protocol, or one kind of record.
 *
 * @param apiKey number of the API or of the record kind, -1 when it has none
 * @param kind {@code request}, {@code response}, {@code header}, {@code data}, {@code metadata}, …
 * @param listeners who answers it: {@code broker}, {@code controller}
 * @param structs the structs nested in it
 */
record Specification(
    String name,
    int apiKey,
    String kind,
    Versions valid,
    Versions flexible,
    boolean latestUnstable,
    Set<String> listeners,
    Struct top,
    List<Struct> structs) {

  /**
   * Names of the structs that hold record bytes, themselves or in the structs of an array inside.
   */
  Set<String> recordHolders() {
    Set<String> holders = new HashSet<>();
    List<Struct> all = new ArrayList<>(structs);
    all.add(top);
    boolean found;
    do {
      found = false;
      for (Struct struct : all) {
        found |= holdsRecords(struct, holders) && holders.add(struct.name());
      }
    } while (found);
    return holders;
  }

  private static boolean holdsRecords(Struct struct, Set<String> holders) {
    return struct.fields().stream().anyMatch(field -> holdsRecords(field.type(), holders));
  }

  private static boolean holdsRecords(FieldType type, Set<String> holders) {
    return switch (type) {
      case FieldType.Primitive primitive -> primitive == FieldType.Primitive.RECORDS;
      case FieldType.Array array -> holdsRecords(array.element(), holders);
      case FieldType.Struct struct -> holders.contains(struct.name());
    };
  }
}
