package dev.millrace.base.settings;

import java.io.Serial;

/**
 * A setting that is unknown, wrong or refused. The message is one line for the person who wrote it.
 */
public final class SettingException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private final String name;

  public SettingException(String name, String message) {
    super(message);
    this.name = name;
  }

  /** The name that was written. */
  public String name() {
    return name;
  }
}
