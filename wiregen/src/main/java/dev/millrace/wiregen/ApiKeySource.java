package dev.millrace.wiregen;

import java.util.List;
import java.util.Locale;

/** Writes the enum of all APIs and the index that reads a body by key and version. */
final class ApiKeySource {
  private ApiKeySource() {}

  /** {@code FetchRequest} to {@code FETCH}. */
  static String constant(Specification specification) {
    return stem(specification).replaceAll("([a-z0-9])([A-Z])", "$1_$2").toUpperCase(Locale.ROOT);
  }

  private static String stem(Specification specification) {
    return specification.name().replaceAll("(Request|Response)$", "");
  }

  static String of(List<Specification> requests, String packageName) {
    Source out = new Source();
    out.line("package %s;", packageName);
    out.line("");
    out.line("import org.jspecify.annotations.Nullable;");
    out.line("");
    out.line(
        "/** The APIs of the protocol with the versions that this release can read and write. */");
    out.line("@SuppressWarnings(\"all\")");
    out.line("public enum ApiKey {");
    for (int i = 0; i < requests.size(); i++) {
      Specification request = requests.get(i);
      Versions valid = request.valid();
      int stable = request.latestUnstable() ? valid.highest() - 1 : valid.highest();
      int flexible = request.flexible().isEmpty() ? Short.MAX_VALUE : request.flexible().lowest();
      out.line(
          "%s(%d, \"%s\", %d, %d, %d, %d, %b, %b)%s",
          constant(request),
          request.apiKey(),
          stem(request),
          valid.lowest(),
          valid.highest(),
          stable,
          flexible,
          request.listeners().contains("broker"),
          request.listeners().contains("controller"),
          i + 1 < requests.size() ? "," : ";");
    }
    out.line("");
    out.line("private static final @Nullable ApiKey[] BY_ID = byId();");
    out.line("private final short id;");
    out.line("private final String title;");
    out.line("private final short lowestVersion;");
    out.line("private final short highestVersion;");
    out.line("private final short highestStableVersion;");
    out.line("private final short firstFlexibleVersion;");
    out.line("private final boolean onBroker;");
    out.line("private final boolean onController;");
    out.line("");
    out.line(
        "ApiKey(int id, String title, int lowest, int highest, int stable, int flexible, boolean broker, boolean controller) {");
    out.line("this.id = (short) id;");
    out.line("this.title = title;");
    out.line("this.lowestVersion = (short) lowest;");
    out.line("this.highestVersion = (short) highest;");
    out.line("this.highestStableVersion = (short) stable;");
    out.line("this.firstFlexibleVersion = (short) flexible;");
    out.line("this.onBroker = broker;");
    out.line("this.onController = controller;");
    out.line("}");
    accessors(out);
    out.line("}");
    return out.toString();
  }

  private static void accessors(Source out) {
    accessor(out, "The number on the wire.", "short id()", "id");
    accessor(out, "The name in the protocol: {@code Fetch}.", "String title()", "title");
    accessor(out, "Lowest version.", "short lowestVersion()", "lowestVersion");
    accessor(
        out,
        "Highest version, unstable ones included; below the lowest when the API is gone.",
        "short highestVersion()",
        "highestVersion");
    accessor(
        out,
        "Highest version that peers may be told of.",
        "short highestStableVersion()",
        "highestStableVersion");
    accessor(
        out, "Whether brokers answer it on client listeners.", "boolean onBroker()", "onBroker");
    accessor(
        out,
        "Whether controllers answer it on controller listeners.",
        "boolean onController()",
        "onController");
    accessor(
        out,
        "Whether this version has compact lengths and tagged fields (KIP-482).",
        "boolean isFlexible(short version)",
        "version >= firstFlexibleVersion");
    accessor(
        out,
        "Version of the request header. The ClientId in it keeps its old length even in version 2.",
        "short requestHeaderVersion(short version)",
        "(short) (isFlexible(version) ? 2 : 1)");
    accessor(
        out,
        "Version of the response header; always 0 for ApiVersions, so that any client can read it.",
        "short responseHeaderVersion(short version)",
        "(short) (isFlexible(version) && this != API_VERSIONS ? 1 : 0)");
    accessor(
        out,
        "Whether the version can be read.",
        "boolean hasVersion(short version)",
        "version >= lowestVersion && version <= highestVersion");
    accessor(
        out,
        "The API of a number, or null when there is none.",
        "static @Nullable ApiKey of(short id)",
        "id >= 0 && id < BY_ID.length ? BY_ID[id] : null");
    out.line("");
    out.line("private static @Nullable ApiKey[] byId() {");
    out.line("int highest = 0;");
    out.line("for (ApiKey key : values()) {");
    out.line("highest = Math.max(highest, key.id);");
    out.line("}");
    out.line("@Nullable ApiKey[] table = new ApiKey[highest + 1];");
    out.line("for (ApiKey key : values()) {");
    out.line("table[key.id] = key;");
    out.line("}");
    out.line("return table;");
    out.line("}");
  }

  private static void accessor(Source out, String meaning, String signature, String value) {
    out.line("");
    out.line("/** %s */", meaning);
    out.line("public %s {", signature);
    out.line("return %s;", value);
    out.line("}");
  }

  /** The index that reads a body by its API: {@code Messages.readRequest(FETCH, in, version)}. */
  static String index(
      List<Specification> requests, List<Specification> responses, String packageName) {
    Source out = new Source();
    out.line("package %s;", packageName);
    out.line("");
    out.line("import dev.millrace.wire.Request;");
    out.line("import dev.millrace.wire.Response;");
    out.line("import dev.millrace.wire.WireException;");
    out.line("import dev.millrace.wire.WireReader;");
    out.line("");
    out.line(
        "/** Reads the body of any API. A body may be followed by bytes that were not read: see the remaining ones. */");
    out.line("@SuppressWarnings(\"all\")");
    out.line("public final class Messages {");
    out.line("private Messages() {}");
    reads(out, "Request", requests);
    reads(out, "Response", responses);
    out.line("}");
    return out.toString();
  }

  private static void reads(Source out, String kind, List<Specification> specifications) {
    out.line("");
    out.line("public static %s read%s(ApiKey key, WireReader in, short version) {", kind, kind);
    out.line("if (!key.hasVersion(version)) {");
    out.line(
        "throw new WireException(\"api has no such version, api=\" + key.title() + \" version=\" + version);");
    out.line("}");
    out.line("return switch (key) {");
    for (Specification specification : specifications) {
      if (!specification.valid().isEmpty()) {
        out.line("case %s -> %s.read(in, version);", constant(specification), specification.name());
      }
    }
    out.line("default -> throw new WireException(\"api is gone, api=\" + key.title());");
    out.line("};");
    out.line("}");
  }
}
