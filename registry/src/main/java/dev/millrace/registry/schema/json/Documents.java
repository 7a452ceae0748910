package dev.millrace.registry.schema.json;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.registry.schema.InvalidSchemaException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A schema with what it refers to: every document and every schema with an {@code $id} by its URI,
 * anchors, and for each schema the URI that its references are relative to. Filled once, then only
 * read.
 */
final class Documents {
  static final String ROOT = "millrace:/schema.json";

  private final Map<String, JsonNode> byUri = new HashMap<>();
  private final IdentityHashMap<ObjectNode, URI> bases = new IdentityHashMap<>();
  private final IdentityHashMap<ObjectNode, JsonNode> targets = new IdentityHashMap<>();

  private record Entry(JsonNode schema, URI base, String path) {}

  /** Adds a document that is known by {@code uri}, and by its own {@code $id} if it has one. */
  void add(URI uri, JsonNode document) throws InvalidSchemaException {
    byUri.putIfAbsent(plain(uri), document);
    index(document, uri, "");
  }

  private void index(JsonNode start, URI startBase, String startPath)
      throws InvalidSchemaException {
    ArrayDeque<Entry> open = new ArrayDeque<>();
    open.add(new Entry(start, startBase, startPath));
    while (!open.isEmpty()) {
      Entry entry = open.remove();
      if (!(entry.schema() instanceof ObjectNode schema) || bases.containsKey(schema)) {
        continue;
      }
      KeywordChecks.check(schema, entry.path());
      URI base = identified(schema, entry);
      bases.put(schema, base);
      for (String keyword : new String[] {"$anchor", "$dynamicAnchor"}) {
        if (schema.path(keyword).isTextual()) {
          byUri.putIfAbsent(plain(base) + "#" + schema.path(keyword).textValue(), schema);
        }
      }
      Keywords.inside(
          schema, (path, inner) -> open.add(new Entry(inner, base, entry.path() + "/" + path)));
    }
  }

  private URI identified(ObjectNode schema, Entry entry) throws InvalidSchemaException {
    JsonNode id = schema.path("$id").isTextual() ? schema.path("$id") : schema.path("id");
    if (!id.isTextual() || (id == schema.path("id") && schema.has("$ref"))) {
      return entry.base();
    }
    URI base = resolved(entry.base(), id.textValue(), entry.path() + "/$id");
    String fragment = base.getFragment();
    if (fragment != null && !fragment.isEmpty()) {
      byUri.putIfAbsent(plain(base) + "#" + fragment, schema);
      return entry.base();
    }
    byUri.putIfAbsent(plain(base), schema);
    return base;
  }

  static URI resolved(URI base, String reference, String path) throws InvalidSchemaException {
    try {
      return base.resolve(reference);
    } catch (IllegalArgumentException e) {
      throw new InvalidSchemaException("this is no URI, at=" + path + " uri=" + reference, e);
    }
  }

  /** Finds what every reference means. */
  void link() throws InvalidSchemaException {
    ArrayDeque<ObjectNode> open = new ArrayDeque<>(bases.keySet());
    while (!open.isEmpty()) {
      ObjectNode schema = open.remove();
      JsonNode reference = reference(schema);
      if (reference == null || targets.containsKey(schema)) {
        continue;
      }
      JsonNode target = target(schema, reference.textValue());
      targets.put(schema, target);
      if (target instanceof ObjectNode found && !bases.containsKey(found)) {
        index(found, bases.getOrDefault(schema, URI.create(ROOT)), "");
        open.add(found);
        Keywords.inside(
            found,
            (path, inner) -> {
              if (inner instanceof ObjectNode object) {
                open.add(object);
              }
            });
      }
    }
  }

  private static @Nullable JsonNode reference(ObjectNode schema) {
    for (String keyword : new String[] {"$ref", "$dynamicRef", "$recursiveRef"}) {
      JsonNode reference = schema.get(keyword);
      if (reference != null && reference.isTextual()) {
        return reference;
      }
    }
    return null;
  }

  private JsonNode target(ObjectNode schema, String reference) throws InvalidSchemaException {
    URI base = bases.getOrDefault(schema, URI.create(ROOT));
    URI uri = reference.startsWith("#") ? base : resolved(base, reference, "$ref");
    String fragment = reference.startsWith("#") ? reference.substring(1) : uri.getRawFragment();
    JsonNode document = byUri.get(plain(uri));
    if (document == null) {
      if (plain(uri).startsWith("http://json-schema.org/")
          || plain(uri).startsWith("https://json-schema.org/")) {
        return schema.booleanNode(true);
      }
      throw new InvalidSchemaException(
          "the $ref \""
              + reference
              + "\" is not among the references; register that schema and refer to it by this name");
    }
    if (fragment == null || fragment.isEmpty()) {
      return document;
    }
    JsonNode found =
        fragment.startsWith("/")
            ? document.at(pointer(fragment, reference))
            : byUri.get(plain(uri) + "#" + fragment);
    if (found == null || found.isMissingNode() || !Keywords.isSchema(found)) {
      throw new InvalidSchemaException("the $ref \"" + reference + "\" leads to no schema");
    }
    return found;
  }

  private static JsonPointer pointer(String fragment, String reference)
      throws InvalidSchemaException {
    try {
      return JsonPointer.compile(
          URLDecoder.decode(fragment.replace("+", "%2B"), StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      throw new InvalidSchemaException("the $ref \"" + reference + "\" is no JSON pointer", e);
    }
  }

  /** What the schema's reference means; null when it has none. */
  @Nullable JsonNode target(ObjectNode schema) {
    return targets.get(schema);
  }

  Map<String, JsonNode> byUri() {
    return byUri;
  }

  /**
   * Refuses schemas that come back to themselves without looking at a smaller value: nothing could
   * be checked with them.
   */
  void refuseEndless() throws InvalidSchemaException {
    EndlessSearch search = new EndlessSearch(this::inPlace);
    for (ObjectNode start : bases.keySet()) {
      search.from(start);
    }
  }

  /** The schemas that look at the same value as this one, a step away. */
  private List<ObjectNode> inPlace(ObjectNode schema) {
    List<ObjectNode> next = new ArrayList<>();
    if (targets.get(schema) instanceof ObjectNode target) {
      next.add(target);
    }
    Keywords.inside(
        schema,
        (path, inner) -> {
          int slash = path.indexOf('/');
          if (inner instanceof ObjectNode object
              && Keywords.IN_PLACE.contains(slash < 0 ? path : path.substring(0, slash))) {
            next.add(object);
          }
        });
    return next;
  }

  private static String plain(URI uri) {
    String text = uri.toString();
    int hash = text.indexOf('#');
    return hash < 0 ? text : text.substring(0, hash);
  }
}
