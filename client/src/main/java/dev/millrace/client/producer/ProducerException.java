package dev.millrace.client.producer;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * A record or a call that did not work, by what the program can do about it. The message is one
 * line for a person.
 */
public abstract sealed class ProducerException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private ProducerException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /**
   * Time or memory ran out while errors were passing ones. The record may have been written all the
   * same; sending it again may double it.
   */
  public static final class Retriable extends ProducerException {
    @Serial private static final long serialVersionUID = 1L;

    public Retriable(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /** This record can not be written as it is: too large, no such topic. Others can. */
  public static final class Refused extends ProducerException {
    @Serial private static final long serialVersionUID = 1L;

    public Refused(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /** Another producer has taken this one's place: close it. */
  public static final class Fenced extends ProducerException {
    @Serial private static final long serialVersionUID = 1L;

    public Fenced(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /** The transaction can only be aborted; the next one may work. */
  public static final class Abortable extends ProducerException {
    @Serial private static final long serialVersionUID = 1L;

    public Abortable(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /** Nothing more can be sent with this producer: closed, or not allowed. */
  public static final class Fatal extends ProducerException {
    @Serial private static final long serialVersionUID = 1L;

    public Fatal(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }
}
