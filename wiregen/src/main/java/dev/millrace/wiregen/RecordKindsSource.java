package dev.millrace.wiregen;

import java.util.List;

/**
 * Writes the index of record kinds: metadata records, or keys and values of a coordinator's topic.
 */
final class RecordKindsSource {
  private RecordKindsSource() {}

  static String of(List<Specification> specifications, String packageName) {
    Source out = new Source();
    out.line("package %s;", packageName);
    out.line("");
    out.line("import dev.millrace.wire.Message;");
    out.line("import dev.millrace.wire.WireException;");
    out.line("import dev.millrace.wire.WireReader;");
    out.line("import org.jspecify.annotations.Nullable;");
    out.line("");
    out.line("/** Reads records by the number of their kind. */");
    out.line("@SuppressWarnings(\"all\")");
    out.line("public final class RecordKinds {");
    out.line("private RecordKinds() {}");
    read(out, "read", specifications, "metadata", "data");
    read(out, "readKey", specifications, "coordinator-key");
    read(out, "readValue", specifications, "coordinator-value");
    out.line("");
    out.line("/** The number of the kind of {@code record}. */");
    out.line("public static short kindOf(Message record) {");
    out.line("return switch (record) {");
    for (Specification specification : specifications) {
      if (specification.apiKey() >= 0 && !specification.valid().isEmpty()) {
        out.line("case %s _ -> %s.KIND;", specification.name(), specification.name());
      }
    }
    out.line(
        "default -> throw new IllegalArgumentException(\"no kind of record, record=\" + record);");
    out.line("};");
    out.line("}");
    out.line("}");
    return out.toString();
  }

  private static void read(
      Source out, String method, List<Specification> specifications, String... types) {
    List<Specification> ofType =
        specifications.stream()
            .filter(
                s -> List.of(types).contains(s.kind()) && s.apiKey() >= 0 && !s.valid().isEmpty())
            .toList();
    if (ofType.isEmpty()) {
      return;
    }
    out.line("");
    out.line("/** Reads a record, or returns null when this release does not know the kind. */");
    out.line(
        "public static @Nullable Message %s(short kind, WireReader in, short version) {", method);
    out.line("return switch (kind) {");
    for (Specification specification : ofType) {
      out.line("case %s.KIND -> {", specification.name());
      out.line(
          "if (version < %d || version > %d) {",
          specification.valid().lowest(), specification.valid().highest());
      out.line(
          "throw new WireException(\"record has no such version, record=%s version=\" + version);",
          specification.name());
      out.line("}");
      out.line("yield %s.read(in, version);", specification.name());
      out.line("}");
    }
    out.line("default -> null;");
    out.line("};");
    out.line("}");
  }
}
