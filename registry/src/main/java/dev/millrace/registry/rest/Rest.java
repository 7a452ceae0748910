package dev.millrace.registry.rest;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.millrace.registry.change.Parsing;
import dev.millrace.registry.change.Refusal;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Answers requests of the registry's interface. Every answer is JSON, errors too; nothing is
 * thrown. Any thread.
 *
 * <pre>
 *   /subjects…  /schemas…  /config…  /mode…  /compatibility…  /contexts…  /v1/metadata…  /
 *   /contexts/{context}/subjects… and so on: the same within a context
 * </pre>
 */
public final class Rest {
  /** The first segments of paths that are answered here; the root has none. */
  public static final Set<String> ROOTS =
      Set.of(
          "subjects",
          "schemas",
          "config",
          "mode",
          "compatibility",
          "contexts",
          "v1",
          "associations");

  private static final System.Logger LOG = System.getLogger("dev.millrace.registry");
  private static final int NOT_FOUND = 404;
  private static final int NOT_ALLOWED = 405;
  private static final int UNSUPPORTED_TYPE = 415;
  private static final int BROKEN = 500;
  private static final Set<String> TYPES =
      Set.of(
          "application/vnd.schemaregistry.v1+json",
          "application/vnd.schemaregistry+json",
          "application/json",
          "application/octet-stream");

  private final SubjectRoutes subjects;
  private final SchemaRoutes schemas;
  private final ConfigRoutes configs;
  private final ModeRoutes modes;
  private final CompatibilityRoutes compatibility;
  private final ContextRoutes contexts;
  private final MetadataRoutes metadata;

  /** An interface to a registry. */
  public Rest(Registry registry, Parsing parsing, MetadataRoutes metadata) {
    this.subjects = new SubjectRoutes(registry, parsing);
    this.schemas = new SchemaRoutes(registry, parsing);
    this.configs = new ConfigRoutes(registry);
    this.modes = new ModeRoutes(registry);
    this.compatibility = new CompatibilityRoutes(registry, parsing);
    this.contexts = new ContextRoutes(registry);
    this.metadata = metadata;
  }

  /** Answers one request. */
  public Answer answer(Request request) {
    try {
      checkType(request);
      return route(inContext(request));
    } catch (Refusal refusal) {
      return Answer.of(refusal);
    } catch (RuntimeException | StackOverflowError fault) {
      LOG.log(Level.ERROR, "request failed, path=" + request.path(), fault);
      return Answer.error(BROKEN, 50001, "Internal error, the node's log tells more");
    }
  }

  private static void checkType(Request request) {
    String type = request.contentType();
    int end = type.indexOf(';');
    String bare = (end < 0 ? type : type.substring(0, end)).strip();
    if (!request.body().isEmpty() && !bare.isEmpty() && !TYPES.contains(bare)) {
      throw new Refusal(
          UNSUPPORTED_TYPE,
          "HTTP 415 Unsupported Media Type, use application/vnd.schemaregistry.v1+json, type="
              + bare);
    }
  }

  /** {@code /contexts/.eu/subjects/orders} is {@code /subjects/:.eu:orders}. */
  private static Request inContext(Request request) {
    List<String> path = request.path();
    if (path.size() < 3 || !path.getFirst().equals("contexts")) {
      return request;
    }
    return new ContextPath(path.get(1)).apply(request);
  }

  private Answer route(Request request) {
    List<String> path = request.path();
    if (path.isEmpty()) {
      return Answer.of(JsonNodeFactory.instance.objectNode());
    }
    List<String> rest = new ArrayList<>(path.subList(1, path.size()));
    return switch (path.getFirst()) {
      case "subjects" -> subjects.answer(request, rest);
      case "schemas" -> schemas.answer(request, rest);
      case "config" -> configs.answer(request, rest);
      case "mode" -> modes.answer(request, rest);
      case "compatibility" -> compatibility.answer(request, rest);
      case "contexts" -> contexts.answer(request, rest);
      case "associations", "associations:batchGet", "associations:batchMutate" ->
          AssociationRoutes.answer(request, rest);
      case "v1" -> metadata.answer(request, rest);
      case "dek-registry" -> throw notHere("keys for encryption (the DEK registry)");
      case "exporters" -> throw notHere("exporters");
      case "catalog" -> throw notHere("a catalog");
      default -> throw noSuchPath();
    };
  }

  /** What other registries have beside the interface of schemas. */
  private static Refusal notHere(String what) {
    return new Refusal(NOT_FOUND, "HTTP 404 Not Found: this registry has no " + what);
  }

  static Refusal noSuchPath() {
    return new Refusal(NOT_FOUND, "HTTP 404 Not Found");
  }

  static Refusal noSuchMethod() {
    return new Refusal(NOT_ALLOWED, "HTTP 405 Method Not Allowed");
  }
}
