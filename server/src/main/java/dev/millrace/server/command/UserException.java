package dev.millrace.server.command;

import java.io.Serial;

/** Something the person at the keyboard can mend. The message is one line and says how. */
public final class UserException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private final ExitCode exitCode;

  private UserException(ExitCode exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  /** The command was called in a wrong way. */
  public static UserException usage(String message) {
    return new UserException(ExitCode.USAGE, message);
  }

  /** The command was right and could not be done. */
  public static UserException failed(String message) {
    return new UserException(ExitCode.FAILED, message);
  }

  public ExitCode exitCode() {
    return exitCode;
  }
}
