package dev.millrace.server.http;

import com.sun.net.httpserver.HttpExchange;
import dev.millrace.base.bytes.Bytes;
import dev.millrace.registry.SchemaRegistry;
import dev.millrace.registry.rest.Answer;
import dev.millrace.registry.rest.Request;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The schema registry's interface. Nothing of it is loaded before the first request.
 *
 * @param registry null on a node without one
 * @param ready whether the node serves clients now
 * @param bodies how they are read
 * @param listings those of all schemas that go on at once
 */
record RegistryPages(
    @Nullable Supplier<SchemaRegistry> registry,
    BooleanSupplier ready,
    Bodies bodies,
    Semaphore listings) {
  /** A list of all schemas may take as much memory as all of them, until its reader has it. */
  static final int LISTINGS_MAX = 2;

  private static final int LISTING_WAIT_SECONDS = 10;

  private static final int BAD_REQUEST = 400;
  private static final int NOT_FOUND = 404;
  private static final int TOO_LARGE = 413;
  private static final int UNAVAILABLE = 503;

  void handle(HttpExchange exchange) throws IOException {
    if (isBodyless(exchange)) {
      if (exchange.getRequestURI().getPath().endsWith("/schemas")) {
        list(exchange);
      } else {
        answer(exchange, answer(exchange, new byte[0]));
      }
      return;
    }
    try (Bodies.Body body = bodies.read(exchange.getRequestBody())) {
      if (body.isTooLarge()) {
        answer(
            exchange,
            Answer.error(TOO_LARGE, TOO_LARGE, "body is too large, max=" + Bodies.BYTES_MAX));
      } else if (body.isRefused()) {
        answer(
            exchange,
            Answer.error(
                UNAVAILABLE, UNAVAILABLE, "too many large requests at once, try again later"));
      } else {
        answer(exchange, answer(exchange, body.bytes()));
      }
    }
  }

  private void list(HttpExchange exchange) throws IOException {
    boolean isLetIn;
    try {
      isLetIn = listings.tryAcquire(LISTING_WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      isLetIn = false;
    }
    if (!isLetIn) {
      answer(
          exchange,
          Answer.error(UNAVAILABLE, UNAVAILABLE, "too many lists of schemas at once, try again"));
      return;
    }
    try {
      answer(exchange, answer(exchange, new byte[0]));
    } finally {
      listings.release();
    }
  }

  private static boolean isBodyless(HttpExchange exchange) {
    return switch (exchange.getRequestMethod()) {
      case "GET", "HEAD", "DELETE", "OPTIONS" -> true;
      default -> false;
    };
  }

  private static void answer(HttpExchange exchange, Answer answer) throws IOException {
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
