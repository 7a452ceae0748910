package dev.millrace.server;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A node cannot start. The message is one line that says why and what to do. */
public final class StartException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private final boolean isSetting;

  private StartException(boolean isSetting, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.isSetting = isSetting;
  }

  /** A setting or option is wrong. */
  static StartException setting(String message) {
    return new StartException(true, message, null);
  }

  /** The machine is in the way: a port, a directory, a disk. */
  static StartException obstacle(String message, @Nullable Throwable cause) {
    return new StartException(false, message, cause);
  }

  /** Whether a setting is wrong; else the machine is in the way. */
  public boolean isSetting() {
    return isSetting;
  }
}
