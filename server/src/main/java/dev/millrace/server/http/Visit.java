package dev.millrace.server.http;

import dev.millrace.base.time.Clock;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One connection: requests come and are answered one after the other (RFC 9112), on a thread of its
 * own. Who stays too long in one stage is cut off by {@link Visitors}.
 */
final class Visit implements Visitor, Runnable {
  private static final System.Logger LOG = System.getLogger("dev.millrace.server.http");
  private static final int BROKEN = 500;
  private static final int NO_CONTENT = 204;

  /** An answer of this size leaves by one write, with its head. */
  private static final int TOGETHER_BYTES_MAX = 64 << 10;

  /** So much of a body that nobody wants is read away, that the connection can go on. */
  private static final int LEFT_OVER_BYTES_MAX = 256 << 10;

  /** So much is read away before a connection is closed, that its client comes to read why. */
  private static final int PASSED_OVER_BYTES_MAX = 4 << 20;

  /** What answers. */
  @FunctionalInterface
  interface Handler {
    void handle(Exchange exchange) throws IOException;
  }

  /** What all connections share. */
  record House(Handler handler, Visitors visitors, Clock clock, Dates dates) {}

  private final Socket socket;
  private final House house;
  private final Source source;
  private final OutputStream out;
  private volatile Stage stage = Stage.SILENT;
  private volatile long sinceMs;

  Visit(Socket socket, House house) throws IOException {
    this.socket = socket;
    this.house = house;
    this.source = new Source(socket.getInputStream());
    this.out = socket.getOutputStream();
    this.sinceMs = house.clock().monotonicMs();
  }

  @Override
  public InetAddress address() {
    return socket.getInetAddress();
  }

  @Override
  public Stage stage() {
    return stage;
  }

  @Override
  public long sinceMs() {
    return sinceMs;
  }

  @Override
  public void cut() {
    try {
      socket.close();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "closing failed: " + e.getMessage());
    }
  }

  @Override
  public void run() {
    try {
      boolean goesOn = true;
      while (goesOn) {
        enter(Stage.SILENT);
        goesOn = source.await() && serve();
      }
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "a connection ended: " + e.getMessage());
    } finally {
      house.visitors().leave(this);
      cut();
    }
  }

  private void enter(Stage next) {
    sinceMs = house.clock().monotonicMs();
    stage = next;
  }

  /** Serves one request; false when the connection ends with it. */
  private boolean serve() throws IOException {
    enter(Stage.HEAD);
    Head head;
    long length;
    try {
      head = source.head();
      length = head.length();
    } catch (Head.BadRequest e) {
      refuse(e);
      return false;
    }
    enter(Stage.WORK);
    Content content = new Content(source, length, watch(head));
    Served served = new Served(head, content);
    try {
      house.handler().handle(served);
    } catch (RuntimeException fault) {
      LOG.log(Level.ERROR, "request failed, path=" + head.path(), fault);
    }
    if (!served.isAnswered) {
      served.answer(BROKEN, "application/json", error(BROKEN, "Internal error"));
    }
    boolean isHeldBack = head.expectsContinue() && !content.isBegun();
    if (!head.isOneShot() && !isHeldBack) {
      readAway(content);
    }
    if (head.isOneShot() || !content.isAtEnd()) {
      part();
      return false;
    }
    return true;
  }

  private Content.Watch watch(Head head) {
    return new Content.Watch() {
      @Override
      public void begins() {
        enter(Stage.BODY);
        goAhead(head);
      }

      @Override
      public void ends() {
        enter(Stage.WORK);
      }
    };
  }

  private void goAhead(Head head) {
    if (head.expectsContinue()) {
      try {
        out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      } catch (IOException e) {
        LOG.log(Level.DEBUG, "nobody waits for a go-ahead: " + e.getMessage());
      }
    }
  }

  private void refuse(Head.BadRequest why) throws IOException {
    byte[] body = error(why.status(), String.valueOf(why.getMessage()));
    send(why.status(), "application/json", body, true, true);
    part();
  }

  private static byte[] error(int status, String message) {
    int code = status == BROKEN ? 50001 : status;
    return ("{\"error_code\":" + code + ",\"message\":\"" + message + "\"}\n")
        .getBytes(StandardCharsets.UTF_8);
  }

  /** Who still sends would lose the answer if the connection were closed over it. */
  private void part() throws IOException {
    enter(Stage.HEAD);
    socket.shutdownOutput();
    byte[] piece = new byte[4 << 10];
    int passed = 0;
    int read = 0;
    while (read >= 0 && passed < PASSED_OVER_BYTES_MAX) {
      read = source.read(piece, 0, piece.length);
      passed += read;
    }
  }

  private static void readAway(Content content) throws IOException {
    if (content.isAtEnd()) {
      return;
    }
    byte[] piece = new byte[4 << 10];
    int passed = 0;
    int read = 0;
    while (read >= 0 && passed < LEFT_OVER_BYTES_MAX) {
      read = content.read(piece);
      passed += read;
    }
  }

  private void send(int status, String type, byte[] body, boolean isWhole, boolean isLast)
      throws IOException {
    StringBuilder head = new StringBuilder(200);
    head.append("HTTP/1.1 ").append(status).append(' ').append(Reason.of(status));
    head.append("\r\nDate: ").append(house.dates().now());
    if (body.length > 0) {
      head.append("\r\nContent-Type: ").append(type);
    }
    if (status != NO_CONTENT) {
      head.append("\r\nContent-Length: ").append(body.length);
    }
    head.append(isLast ? "\r\nConnection: close\r\n\r\n" : "\r\n\r\n");
    byte[] start = head.toString().getBytes(StandardCharsets.ISO_8859_1);
    enter(Stage.ANSWER);
    if (!isWhole || body.length > TOGETHER_BYTES_MAX) {
      out.write(start);
    }
    if (isWhole && body.length > TOGETHER_BYTES_MAX) {
      out.write(body);
    } else if (isWhole) {
      byte[] all = Arrays.copyOf(start, start.length + body.length);
      System.arraycopy(body, 0, all, start.length, body.length);
      out.write(all);
    }
  }

  /** The request that is being served. */
  private final class Served implements Exchange {
    private final Head head;
    private final Content content;
    private boolean isAnswered;

    Served(Head head, Content content) {
      this.head = head;
      this.content = content;
    }

    @Override
    public String method() {
      return head.method();
    }

    @Override
    public String path() {
      return head.path();
    }

    @Override
    public @Nullable String query() {
      return head.query();
    }

    @Override
    public @Nullable String field(String name) {
      return head.field(name);
    }

    @Override
    public InputStream body() {
      return content;
    }

    @Override
    public void answer(int status, String type, byte[] body) throws IOException {
      if (isAnswered) {
        throw new IllegalStateException("answered twice, path=" + head.path());
      }
      isAnswered = true;
      boolean isHead = head.method().equals("HEAD");
      send(status, type, body, !isHead, head.isOneShot());
    }
  }
}
