package dev.millrace.coordinator.share;

import dev.millrace.wire.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * What a request for one state came to.
 *
 * @param state as it is after the request; null after an error and where there is none
 * @param message why it was refused, empty otherwise
 */
public record ShareAnswer(ErrorCode error, String message, @Nullable ShareState state) {
  static ShareAnswer done(@Nullable ShareState state) {
    return new ShareAnswer(ErrorCode.NONE, "", state);
  }

  static ShareAnswer refused(ErrorCode error, String message) {
    return new ShareAnswer(error, message, null);
  }
}
