package dev.millrace.quorum.control;

import dev.millrace.wire.ErrorCode;
import java.util.function.Function;

/** What came of something that was asked for. */
public sealed interface Outcome<T> {
  /** It was done, or would be when only validation was asked for. */
  record Done<T>(T value) implements Outcome<T> {}

  /**
   * It was not done.
   *
   * @param message for the person who asked: what was wrong and what is allowed
   */
  record Refused<T>(ErrorCode error, String message) implements Outcome<T> {}

  static <T> Outcome<T> done(T value) {
    return new Done<>(value);
  }

  static <T> Outcome<T> refused(ErrorCode error, String message) {
    return new Refused<>(error, message);
  }

  /** {@link ErrorCode#NONE} when it was done. */
  default ErrorCode error() {
    return switch (this) {
      case Done<T> _ -> ErrorCode.NONE;
      case Refused<T> refused -> refused.error();
    };
  }

  /** The same with another value. */
  default <U> Outcome<U> map(Function<T, U> change) {
    return switch (this) {
      case Done<T> done -> new Done<>(change.apply(done.value()));
      case Refused<T> refused -> new Refused<>(refused.error(), refused.message());
    };
  }
}
