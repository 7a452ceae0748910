package dev.millrace.wiregen;

import java.util.Set;

/** Writes one message as a Java file: the record of the message with its structs nested inside. */
final class MessageSource {
  private MessageSource() {}

  static String of(Specification specification, String packageName) {
    Source out = new Source();
    out.line("package %s;", packageName);
    out.line("");
    for (String imported :
        new String[] {
          "dev.millrace.base.bytes.Bytes",
          "dev.millrace.base.bytes.Uuid",
          "dev.millrace.wire.ErrorCode",
          "dev.millrace.wire.RecordBytes",
          "dev.millrace.wire.Varint",
          "dev.millrace.wire.WireException",
          "dev.millrace.wire.WireReader",
          "dev.millrace.wire.WireWriter",
          "java.util.ArrayList",
          "java.util.Collections",
          "java.util.List",
          "org.jspecify.annotations.Nullable"
        }) {
      out.line("import %s;", imported);
    }
    out.line("");
    out.line(
        "/** %s, versions %d to %d. */",
        specification.name(), specification.valid().lowest(), specification.valid().highest());
    out.line("@SuppressWarnings(\"all\")");
    Codec codec = new Codec(specification);
    Set<String> recordHolders = specification.recordHolders();
    new StructSource(out, specification.top(), codec, recordHolders)
        .write(" implements " + implemented(specification));
    versions(out, specification);
    for (Struct struct : specification.structs()) {
      out.line("");
      out.line("@SuppressWarnings(\"all\")");
      new StructSource(out, struct, codec, recordHolders).write("");
      out.line("}");
    }
    out.line("}");
    return out.toString();
  }

  private static String implemented(Specification specification) {
    return switch (specification.kind()) {
      case "request" -> "dev.millrace.wire.Request";
      case "response" -> "dev.millrace.wire.Response";
      default -> "dev.millrace.wire.Message";
    };
  }

  private static void versions(Source out, Specification specification) {
    out.line("");
    out.line("public static final short LOWEST_VERSION = %d;", specification.valid().lowest());
    out.line("public static final short HIGHEST_VERSION = %d;", specification.valid().highest());
    out.line("");
    out.line("@Override");
    out.line("public short lowestVersion() {");
    out.line("return LOWEST_VERSION;");
    out.line("}");
    out.line("");
    out.line("@Override");
    out.line("public short highestVersion() {");
    out.line("return HIGHEST_VERSION;");
    out.line("}");
    boolean api = specification.kind().equals("request") || specification.kind().equals("response");
    if (api) {
      out.line("");
      out.line("@Override");
      out.line("public ApiKey apiKey() {");
      out.line("return ApiKey.%s;", ApiKeySource.constant(specification));
      out.line("}");
    } else if (specification.apiKey() >= 0) {
      out.line("");
      out.line("/** The number that names this kind of record. */");
      out.line("public static final short KIND = %d;", specification.apiKey());
    }
  }
}
