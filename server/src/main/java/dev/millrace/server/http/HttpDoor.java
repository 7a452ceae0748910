package dev.millrace.server.http;

import dev.millrace.base.time.Clock;
import dev.millrace.net.Endpoint;
import dev.millrace.registry.SchemaRegistry;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where the node is found over HTTP: {@code /health} and, on all other paths, the schema registry.
 * One thread accepts, each connection has a virtual one, and while there are any another one cuts
 * off who takes too long. Safe for any thread.
 */
public final class HttpDoor implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.millrace.server.http");
  private static final int BACKLOG = 1024;
  private static final int SWEEP_MS = 1_000;
  private static final int RETRY_MS = 100;
  private static final byte[] FULL =
      ("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
          .getBytes(StandardCharsets.US_ASCII);

  private final ServerSocket server;
  private final Visitors visitors;
  private final Visit.House house;
  private final Object sweeping = new Object();
  private boolean isSwept;

  private HttpDoor(ServerSocket server, Visitors visitors, Visit.House house) {
    this.server = server;
    this.visitors = visitors;
    this.house = house;
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
      Endpoint endpoint,
      BooleanSupplier ready,
      @Nullable Supplier<SchemaRegistry> registry,
      Clock clock)
      throws IOException {
    HealthPages health = new HealthPages(ready);
    RegistryPages pages =
        new RegistryPages(
            registry, ready, Bodies.ofThisProcess(), new Semaphore(RegistryPages.LISTINGS_MAX));
    return open(
        endpoint,
        Visitors.Limits.DEFAULT,
        clock,
        exchange -> {
          if (exchange.path().equals("/health") || exchange.path().startsWith("/health/")) {
            health.handle(exchange);
          } else {
            pages.handle(exchange);
          }
        });
  }

  static HttpDoor open(
      Endpoint endpoint, Visitors.Limits limits, Clock clock, Visit.Handler handler)
      throws IOException {
    InetSocketAddress address = new InetSocketAddress(endpoint.host(), endpoint.port());
    if (address.isUnresolved()) {
      throw new IOException("host is not known, host=" + endpoint.host());
    }
    ServerSocket server = new ServerSocket();
    try {
      server.bind(address, BACKLOG);
    } catch (IOException e) {
      server.close();
      throw e;
    }
    Visitors visitors = new Visitors(limits, clock);
    HttpDoor door =
        new HttpDoor(server, visitors, new Visit.House(handler, visitors, clock, new Dates(clock)));
    Thread.ofPlatform().name("http-accept").daemon().start(door::acceptAll);
    return door;
  }

  /** The port that is listened on. */
  public int port() {
    return server.getLocalPort();
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "closing failed: " + e.getMessage());
    }
    visitors.close();
  }

  private void acceptAll() {
    boolean isTold = false;
    while (!server.isClosed()) {
      try {
        welcome(server.accept());
        isTold = false;
      } catch (IOException e) {
        if (!server.isClosed() && !isTold) {
          LOG.log(Level.WARNING, "nobody can connect over HTTP now: " + e.getMessage());
          isTold = true;
        }
        pause(RETRY_MS);
      }
    }
    visitors.close();
  }

  private void welcome(Socket socket) {
    try {
      socket.setTcpNoDelay(true);
      Visit visit = new Visit(socket, house);
      if (visitors.admit(visit)) {
        Thread.ofVirtual().name("http").start(visit);
        sweepFromNowOn();
      } else {
        socket.getOutputStream().write(FULL); // what a new socket takes without waiting
        visit.cut();
      }
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "a connection ended as it began: " + e.getMessage());
    }
  }

  private void sweepFromNowOn() {
    synchronized (sweeping) {
      if (!isSwept) {
        isSwept = true;
        Thread.ofVirtual().name("http-sweeper").start(this::sweepAll);
      }
    }
  }

  private void sweepAll() {
    boolean goesOn = true;
    while (goesOn) {
      pause(SWEEP_MS);
      synchronized (sweeping) {
        goesOn = visitors.sweep();
        isSwept = goesOn;
      }
    }
  }

  private static void pause(int ms) {
    try {
      Thread.sleep(ms);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
