package dev.millrace.server.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.millrace.net.Endpoint;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;

/**
 * Tells over HTTP how the node is, for load balancers and orchestrators.
 *
 * <pre>
 *   GET /health/live    200 while the process runs
 *   GET /health/ready   200 while it serves clients, else 503
 *   GET /health         the same as ready
 * </pre>
 *
 * Answers are small JSON objects. Requests run on virtual threads. Safe for any thread.
 */
public final class HealthServer implements AutoCloseable {
  private static final int BACKLOG = 64;
  private static final int OK = 200;
  private static final int NOT_FOUND = 404;
  private static final int NOT_ALLOWED = 405;
  private static final int UNAVAILABLE = 503;

  private final HttpServer server;
  private final ExecutorService executor;
  private final BooleanSupplier ready;

  private HealthServer(HttpServer server, ExecutorService executor, BooleanSupplier ready) {
    this.server = server;
    this.executor = executor;
    this.ready = ready;
  }

  /**
   * Starts to listen.
   *
   * @param ready whether the node serves clients now
   * @throws IOException when the address cannot be had; a {@link BindException} when somebody else
   *     has it
   */
  public static HealthServer open(Endpoint endpoint, BooleanSupplier ready) throws IOException {
    InetSocketAddress address = new InetSocketAddress(endpoint.host(), endpoint.port());
    if (address.isUnresolved()) {
      throw new IOException("host is not known, host=" + endpoint.host());
    }
    HttpServer server = HttpServer.create(address, BACKLOG);
    ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    HealthServer health = new HealthServer(server, executor, ready);
    server.setExecutor(executor);
    server.createContext("/", health::handle);
    server.start();
    return health;
  }

  /** The port that is listened on. */
  public int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    executor.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
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
        default -> answer(exchange, NOT_FOUND, "{\"error\":\"nothing here, there is /health\"}");
      }
    }
  }

  private static void answer(HttpExchange exchange, int status, String json) throws IOException {
    byte[] body = (json + "\n").getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    boolean isHead = "HEAD".equals(exchange.getRequestMethod());
    exchange.sendResponseHeaders(status, isHead ? -1 : body.length);
    if (!isHead) {
      exchange.getResponseBody().write(body);
    }
  }
}
