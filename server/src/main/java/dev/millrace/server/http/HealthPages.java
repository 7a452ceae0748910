package dev.millrace.server.http;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;

/**
 * Tells how the node is, for load balancers and orchestrators, in small JSON objects.
 *
 * <pre>
 *   GET /health/live    200 while the process runs
 *   GET /health/ready   200 while it serves clients, else 503
 *   GET /health         the same as ready
 * </pre>
 *
 * @param ready whether the node serves clients now
 */
record HealthPages(BooleanSupplier ready) {
  private static final int OK = 200;
  private static final int NOT_FOUND = 404;
  private static final int NOT_ALLOWED = 405;
  private static final int UNAVAILABLE = 503;

  void handle(HttpExchange exchange) throws IOException {
    String method = exchange.getRequestMethod();
    if (!"GET".equals(method) && !"HEAD".equals(method)) {
      answer(exchange, NOT_ALLOWED, "{\"error\":\"only GET is answered here\"}");
      return;
    }
    switch (exchange.getRequestURI().getPath()) {
      case "/health", "/health/ready" -> {
        boolean isReady = ready.getAsBoolean();
        answer(
            exchange,
            isReady ? OK : UNAVAILABLE,
            isReady ? "{\"status\":\"ready\"}" : "{\"status\":\"not ready\"}");
      }
      case "/health/live" -> answer(exchange, OK, "{\"status\":\"live\"}");
      default ->
          answer(
              exchange, NOT_FOUND, "{\"error\":\"nothing here, there is /health and /subjects\"}");
    }
  }

  private static void answer(HttpExchange exchange, int status, String json) throws IOException {
    byte[] body = (json + "\n").getBytes(StandardCharsets.UTF_8);
    HttpDoor.answer(exchange, status, "application/json", body);
  }
}
