package dev.millrace.client.consumer;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * A call that did not work, by what the program can do about it. The message is one line for a
 * person.
 */
public abstract sealed class ConsumerException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private ConsumerException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** Time ran out while errors were passing ones: the same call may work later. */
  public static final class Retriable extends ConsumerException {
    @Serial private static final long serialVersionUID = 1L;

    public Retriable(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /**
   * The group has given the partitions to others: what was not committed is read again there. The
   * next poll joins the group anew.
   */
  public static final class Lost extends ConsumerException {
    @Serial private static final long serialVersionUID = 1L;

    public Lost(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /** Another consumer has this one's {@code group.instance.id}: close it. */
  public static final class Fenced extends ConsumerException {
    @Serial private static final long serialVersionUID = 1L;

    public Fenced(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /** There is no offset to start from and no rule to choose one: seek, or set auto.offset.reset. */
  public static final class NoOffset extends ConsumerException {
    @Serial private static final long serialVersionUID = 1L;

    public NoOffset(String message) {
      super(message, null);
    }
  }

  /** A record can not be read; {@code seek} behind it to go on. */
  public static final class Unreadable extends ConsumerException {
    @Serial private static final long serialVersionUID = 1L;

    public Unreadable(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /** {@code wakeup} ended a wait. */
  public static final class Woken extends ConsumerException {
    @Serial private static final long serialVersionUID = 1L;

    public Woken() {
      super("consumer was woken", null);
    }
  }

  /** It cannot work like this: not allowed, wrong settings, closed. */
  public static final class Fatal extends ConsumerException {
    @Serial private static final long serialVersionUID = 1L;

    public Fatal(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }
}
