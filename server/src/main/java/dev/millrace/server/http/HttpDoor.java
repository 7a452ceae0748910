package dev.millrace.server.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.millrace.net.Endpoint;
import dev.millrace.registry.SchemaRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where the node is found over HTTP: {@code /health} and, on all other paths, the schema registry.
 * Requests run on virtual threads. Safe for any thread.
 */
public final class HttpDoor implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.millrace.server.http");
  private static final int BACKLOG = 1024;
  private static final int NO_BODY = -1;
  private static final int BROKEN = 500;

  /** The JDK's server sends head and body by two writes; waiting between them costs 40 ms. */
  private static final String NO_DELAY = "sun.net.httpserver.nodelay";

  /** One that says nothing has no thread, only a place in a selector and a file descriptor. */
  private static final String CONNECTIONS_MAX = "jdk.httpserver.maxConnections";

  private static final String IDLE_CONNECTIONS_MAX = "sun.net.httpserver.maxIdleConnections";

  /** Who says nothing at first, or sends a request byte by byte, is cut off after so long. */
  private static final String REQUEST_SECONDS_MAX = "sun.net.httpserver.maxReqTime";

  /** Who does not read its answer is cut off after so long. */
  private static final String ANSWER_SECONDS_MAX = "sun.net.httpserver.maxRspTime";

  /** How often connections that say nothing are looked at. */
  private static final String LOOK_MS = "sun.net.httpserver.clockTick";

  private final HttpServer server;
  private final ExecutorService executor;

  private HttpDoor(HttpServer server, ExecutorService executor) {
    this.server = server;
    this.executor = executor;
  }

  /**
   * Starts to listen.
   *
   * @param ready whether the node serves clients now
   * @param registry made when its first request comes; null on a node without one
   * @throws IOException when the address cannot be had; a {@link BindException} when somebody else
   *     has it
   */
  public static HttpDoor open(
      Endpoint endpoint, BooleanSupplier ready, @Nullable Supplier<SchemaRegistry> registry)
      throws IOException {
    InetSocketAddress address = new InetSocketAddress(endpoint.host(), endpoint.port());
    if (address.isUnresolved()) {
      throw new IOException("host is not known, host=" + endpoint.host());
    }
    setUnlessSet(NO_DELAY, "true");
    setUnlessSet(CONNECTIONS_MAX, "8192");
    setUnlessSet(IDLE_CONNECTIONS_MAX, "4096");
    setUnlessSet(REQUEST_SECONDS_MAX, "20");
    setUnlessSet(LOOK_MS, "1000");
    setUnlessSet(ANSWER_SECONDS_MAX, "120");
    HttpServer server = HttpServer.create(address, BACKLOG);
    ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    server.setExecutor(executor);
    HealthPages health = new HealthPages(ready);
    RegistryPages pages =
        new RegistryPages(
            registry, ready, Bodies.ofThisProcess(), new Semaphore(RegistryPages.LISTINGS_MAX));
    server.createContext("/", exchange -> handle(exchange, health, pages));
    server.start();
    return new HttpDoor(server, executor);
  }

  private static void setUnlessSet(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
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

  private static void handle(HttpExchange exchange, HealthPages health, RegistryPages registry)
      throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getRawPath();
      if (path != null && (path.equals("/health") || path.startsWith("/health/"))) {
        health.handle(exchange);
      } else {
        registry.handle(exchange);
      }
    } catch (RuntimeException fault) {
      LOG.log(Level.ERROR, "request failed, path=" + exchange.getRequestURI(), fault);
      answer(
          exchange,
          BROKEN,
          "application/json",
          "{\"error_code\":50001,\"message\":\"Internal error\"}".getBytes(StandardCharsets.UTF_8));
    }
  }

  static void answer(HttpExchange exchange, int status, String type, byte[] body)
      throws IOException {
    boolean isHead = "HEAD".equals(exchange.getRequestMethod());
    if (body.length > 0) {
      exchange.getResponseHeaders().set("Content-Type", type);
    }
    exchange.sendResponseHeaders(status, isHead || body.length == 0 ? NO_BODY : body.length);
    if (!isHead && body.length > 0) {
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(body);
      }
    }
  }
}
