package dev.millrace.server.command.terminal;

/** What a process tells its caller in the end. */
public enum ExitCode {
  /** Done. */
  OK(0),
  /** The call was right, but it could not be done; standard error says why. */
  FAILED(1),
  /** The call was wrong; standard error says what is allowed. */
  USAGE(2);

  private final int code;

  ExitCode(int code) {
    this.code = code;
  }

  /** The number that the process ends with. */
  public int code() {
    return code;
  }
}
