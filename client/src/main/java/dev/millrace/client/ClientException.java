package dev.millrace.client;

import dev.millrace.wire.ErrorCode;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * A call that did not work: a node answered with an error, or no node answered at all. The message
 * is one line for a person.
 */
public final class ClientException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private final @Nullable ErrorCode error;
  private final boolean mayPass;

  private ClientException(
      @Nullable ErrorCode error, boolean mayPass, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.error = error;
    this.mayPass = mayPass;
  }

  /** The node answered with an error. {@code message} is what it said about it, if anything. */
  public static ClientException answered(short code, String what, @Nullable String message) {
    ErrorCode error = ErrorCode.of(code);
    String name = error == null ? "error " + code : error.name();
    String told = message == null || message.isEmpty() ? meaning(error) : message;
    return new ClientException(
        error, isPassing(error), what + ": " + (told.isEmpty() ? name : name + ", " + told), null);
  }

  /** What an error means where nodes send no words with it. */
  private static String meaning(@Nullable ErrorCode error) {
    return switch (error) {
      case GROUP_ID_NOT_FOUND -> "there is no such group";
      case NON_EMPTY_GROUP -> "the group has members, stop them first";
      case TRANSACTIONAL_ID_NOT_FOUND -> "there is no such transactional id";
      case UNKNOWN_TOPIC_OR_PARTITION -> "there is no such topic or partition";
      case null, default -> "";
    };
  }

  /** The call cannot work: no such topic, no common version, an answer that makes no sense. */
  public static ClientException failed(String message, @Nullable Throwable cause) {
    return new ClientException(null, false, message, cause);
  }

  /** No answer: nobody listens, the connection broke, time ran out. It may have been done. */
  public static ClientException broken(String message, @Nullable Throwable cause) {
    return new ClientException(null, true, message, cause);
  }

  /** The error code of the answer; null when there was no answer or this release has no name. */
  public @Nullable ErrorCode error() {
    return error;
  }

  /** Whether the answer was this error. */
  public boolean is(ErrorCode code) {
    return error == code;
  }

  /** Whether the same call may work a little later: a leader moves, a node starts again. */
  public boolean mayPass() {
    return mayPass;
  }

  /** Whether a call that was answered with this may work a little later. */
  public static boolean isPassing(@Nullable ErrorCode error) {
    if (error == null) {
      return false;
    }
    return switch (error) {
      case CORRUPT_MESSAGE,
          UNKNOWN_TOPIC_OR_PARTITION,
          LEADER_NOT_AVAILABLE,
          NOT_LEADER_OR_FOLLOWER,
          REQUEST_TIMED_OUT,
          REPLICA_NOT_AVAILABLE,
          NETWORK_EXCEPTION,
          COORDINATOR_LOAD_IN_PROGRESS,
          COORDINATOR_NOT_AVAILABLE,
          NOT_COORDINATOR,
          NOT_ENOUGH_REPLICAS,
          NOT_ENOUGH_REPLICAS_AFTER_APPEND,
          NOT_CONTROLLER,
          KAFKA_STORAGE_ERROR,
          FENCED_LEADER_EPOCH,
          UNKNOWN_LEADER_EPOCH,
          OFFSET_NOT_AVAILABLE,
          THROTTLING_QUOTA_EXCEEDED ->
          true;
      default -> false;
    };
  }
}
