package dev.millrace.server.http;

import com.sun.net.httpserver.HttpExchange;
import dev.millrace.base.bytes.Bytes;
import dev.millrace.registry.SchemaRegistry;
import dev.millrace.registry.rest.Answer;
import dev.millrace.registry.rest.Request;
import java.io.IOException;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The schema registry's interface. Nothing of it is loaded before the first request.
 *
 * @param registry null on a node without one
 * @param ready whether the node serves clients now
 */
record RegistryPages(@Nullable Supplier<SchemaRegistry> registry, BooleanSupplier ready) {
  private static final int BODY_BYTES_MAX = 10 << 20;
  private static final int BAD_REQUEST = 400;
  private static final int NOT_FOUND = 404;
  private static final int TOO_LARGE = 413;
  private static final int UNAVAILABLE = 503;

  void handle(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readNBytes(BODY_BYTES_MAX + 1);
    Answer answer = answer(exchange, body);
    HttpDoor.answer(exchange, answer.status(), wanted(exchange, answer), answer.body().toArray());
  }

  private Answer answer(HttpExchange exchange, byte[] body) {
    Supplier<SchemaRegistry> here = registry;
    if (here == null) {
      return Answer.error(NOT_FOUND, NOT_FOUND, "this node is no broker and has no registry");
    }
    if (!ready.getAsBoolean()) {
      return Answer.error(UNAVAILABLE, UNAVAILABLE, "the node starts or stops, try again later");
    }
    if (body.length > BODY_BYTES_MAX) {
      return Answer.error(TOO_LARGE, TOO_LARGE, "body is too large, max=" + BODY_BYTES_MAX);
    }
    Request request;
    try {
      request =
          Request.of(
              exchange.getRequestMethod(),
              exchange.getRequestURI().getRawPath(),
              exchange.getRequestURI().getRawQuery(),
              Objects.requireNonNullElse(exchange.getRequestHeaders().getFirst("Content-Type"), ""),
              Bytes.copyOf(body));
    } catch (IllegalArgumentException e) {
      return Answer.error(BAD_REQUEST, BAD_REQUEST, "path cannot be read: " + e.getMessage());
    }
    return here.get().answer(request);
  }

  /** Who asks for plain JSON, or for the newer name of the same thing, gets that name. */
  private static String wanted(HttpExchange exchange, Answer answer) {
    String accept = exchange.getRequestHeaders().getFirst("Accept");
    if (accept == null || accept.contains(Answer.SCHEMA_REGISTRY)) {
      return answer.contentType();
    }
    if (accept.contains("application/vnd.schemaregistry+json")) {
      return "application/vnd.schemaregistry+json";
    }
    return accept.contains("application/json") ? "application/json" : answer.contentType();
  }
}
