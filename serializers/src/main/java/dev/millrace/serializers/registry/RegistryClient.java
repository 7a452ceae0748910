package dev.millrace.serializers.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What serializers ask a registry, with what it answered before: ids and texts never change, so
 * they are asked for once. Safe for any thread; two threads that miss the same entry may both ask.
 */
public final class RegistryClient {
  private static final int CACHED_MAX = 1000;

  private final RegistryHttp http;
  private final long latestNanos;
  private final Map<Object, Registered> cache = new ConcurrentHashMap<>();
  private final Map<String, Latest> latest = new ConcurrentHashMap<>();

  private record Latest(Registered registered, long atNanos) {}

  /**
   * A client.
   *
   * @param latestFor how long the latest version of a subject is believed; negative: for ever
   */
  public RegistryClient(RegistryHttp http, Duration latestFor) {
    this.http = http;
    this.latestNanos = latestFor.isNegative() ? Long.MAX_VALUE : latestFor.toNanos();
  }

  /** Registers the schema, or finds that it is registered already. */
  public Registered register(String subject, SchemaText schema, boolean normalize) {
    return cached(
        List.of("register", subject, schema, normalize),
        () -> {
          JsonNode answer =
              http.post(
                  "/subjects/" + path(subject) + "/versions?normalize=" + normalize,
                  body(schema),
                  "register a schema, subject=" + subject);
          return registered(answer, schema);
        });
  }

  /** Finds the schema in the subject. */
  public Registered lookup(String subject, SchemaText schema, boolean normalize) {
    return cached(
        List.of("lookup", subject, schema, normalize),
        () -> {
          JsonNode answer =
              http.post(
                  "/subjects/" + path(subject) + "?normalize=" + normalize,
                  body(schema),
                  "look up a schema, subject=" + subject);
          return registered(answer, schema);
        });
  }

  /** The subject's latest version. */
  public Registered latest(String subject) {
    return latest(subject, "");
  }

  /**
   * The subject's latest version.
   *
   * @param format of the text, such as {@code serialized}; empty for the usual one
   */
  public Registered latest(String subject, String format) {
    String place = format.isEmpty() ? subject : subject + '\n' + format;
    Latest known = latest.get(place);
    long now = System.nanoTime();
    if (known != null && now - known.atNanos() < latestNanos) {
      return known.registered();
    }
    Registered read = version(subject, "latest", format);
    if (latest.size() >= CACHED_MAX) {
      latest.clear();
    }
    latest.put(place, new Latest(read, now));
    return read;
  }

  /** One version of a subject. */
  public Registered version(String subject, int version, String format) {
    return cached(
        List.of("version", subject, version, format),
        () -> version(subject, String.valueOf(version), format));
  }

  private Registered version(String subject, String version, String format) {
    String query = format.isEmpty() ? "" : "?format=" + format;
    JsonNode answer =
        http.get(
            "/subjects/" + path(subject) + "/versions/" + version + query,
            "read a schema, subject=" + subject + " version=" + version);
    return registered(answer, text(answer));
  }

  /**
   * The schema of an id.
   *
   * @param subject whose context the id belongs to; may be empty
   * @param format of the text, such as {@code serialized}; empty for the usual one
   */
  public Registered byId(int id, String subject, String format) {
    String context = subject.startsWith(":.") ? subject : "";
    return cached(
        List.of("id", id, context, format),
        () -> {
          String query =
              "?subject=" + path(context) + (format.isEmpty() ? "" : "&format=" + format);
          JsonNode answer =
              http.get(
                  "/schemas/ids/"
                      + id
                      + (context.isEmpty()
                          ? query.replace("subject=&", "").replace("?subject=", "")
                          : query),
                  "read a schema, id=" + id + " subject=" + subject);
          return new Registered(
              id,
              0,
              answer.path("guid").textValue(),
              text(answer),
              Rule.of(answer.path("ruleSet")));
        });
  }

  /** The schema of a GUID. */
  public Registered byGuid(String guid, String format) {
    return cached(
        List.of("guid", guid, format),
        () -> {
          JsonNode answer =
              http.get(
                  "/schemas/guids/" + guid + (format.isEmpty() ? "" : "?format=" + format),
                  "read a schema, guid=" + guid);
          return new Registered(
              answer.path("id").asInt(0), 0, guid, text(answer), Rule.of(answer.path("ruleSet")));
        });
  }

  /** Why the schema is not compatible with the subject's latest version; empty when it is. */
  public List<String> incompatibilities(String subject, SchemaText schema) {
    JsonNode answer =
        http.post(
            "/compatibility/subjects/" + path(subject) + "/versions/latest?verbose=true",
            body(schema),
            "check a schema, subject=" + subject);
    List<String> messages = new ArrayList<>();
    answer.path("messages").forEach(message -> messages.add(message.asText()));
    if (!answer.path("is_compatible").asBoolean(true) && messages.isEmpty()) {
      messages.add("it is not compatible");
    }
    return answer.path("is_compatible").asBoolean(true) ? List.of() : messages;
  }

  /** Whether the subject's compatibility asks that older readers understand newer writers. */
  public boolean looksForward(String subject) {
    JsonNode answer =
        http.get(
            "/config/" + path(subject) + "?defaultToGlobal=true",
            "read the compatibility of a subject, subject=" + subject);
    String level = answer.path("compatibilityLevel").asText("");
    return level.startsWith("FORWARD") || level.startsWith("FULL");
  }

  private Registered cached(Object key, Supplier<Registered> ask) {
    Registered known = cache.get(key);
    if (known != null) {
      return known;
    }
    Registered answer = ask.get();
    if (cache.size() >= CACHED_MAX) {
      cache.clear();
    }
    cache.put(key, answer);
    return answer;
  }

  private static Registered registered(JsonNode answer, SchemaText schema) {
    return new Registered(
        answer.path("id").asInt(),
        answer.path("version").asInt(0),
        answer.path("guid").textValue(),
        schema,
        Rule.of(answer.path("ruleSet")));
  }

  private static SchemaText text(JsonNode answer) {
    List<SchemaText.Reference> references = new ArrayList<>();
    for (JsonNode reference : answer.path("references")) {
      references.add(
          new SchemaText.Reference(
              reference.path("name").asText(),
              reference.path("subject").asText(),
              reference.path("version").asInt()));
    }
    return new SchemaText(
        answer.path("schemaType").asText("AVRO"), answer.path("schema").asText(), references);
  }

  private static ObjectNode body(SchemaText schema) {
    ObjectNode body = JsonNodeFactory.instance.objectNode().put("schema", schema.text());
    if (!schema.type().equals("AVRO")) {
      body.put("schemaType", schema.type());
    }
    if (!schema.references().isEmpty()) {
      ArrayNode references = body.putArray("references");
      for (SchemaText.Reference reference : schema.references()) {
        references
            .addObject()
            .put("name", reference.name())
            .put("subject", reference.subject())
            .put("version", reference.version());
      }
    }
    return body;
  }

  private static String path(@Nullable String subject) {
    return URLEncoder.encode(String.valueOf(subject), StandardCharsets.UTF_8).replace("+", "%20");
  }
}
