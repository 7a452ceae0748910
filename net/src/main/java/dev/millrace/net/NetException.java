package dev.millrace.net;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** An operating fault of the network. */
public final class NetException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  /** What went wrong, as far as the caller can act on it. */
  public enum Kind {
    /** Another process has the address, or the machine does not have it. */
    ADDRESS,
    /** The name of the host is not known. */
    UNRESOLVED,
    /** Its machine says that nobody listens there: a process that was there is gone. */
    REFUSED,
    /** There is no way there. */
    UNREACHABLE,
    /** No answer in time. */
    TIMEOUT,
    /** The connection is closed. */
    CLOSED,
    /** Too much is waiting to be sent. */
    BUSY,
    /** The peer does not speak the protocol. */
    PROTOCOL,
    /** The peer speaks no version of the request that we know, or not the request at all. */
    VERSION,
    /** The answer is not what the protocol says. */
    UNREADABLE,
    /** The waiting thread was interrupted. */
    INTERRUPTED
  }

  private final Kind kind;

  public NetException(Kind kind, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public NetException(Kind kind, String message) {
    this(kind, message, null);
  }

  public Kind kind() {
    return kind;
  }
}
