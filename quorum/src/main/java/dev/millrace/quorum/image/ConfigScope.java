package dev.millrace.quorum.image;

import org.jspecify.annotations.Nullable;

/** What dynamic settings can be set for, with the number that the protocol uses. */
public enum ConfigScope {
  TOPIC(2),
  /** A broker by its id, or all of them by the empty name. */
  BROKER(4),
  /** Log levels; they live in the process alone and are never written to the metadata log. */
  BROKER_LOGGER(8),
  CLIENT_METRICS(16),
  GROUP(32);

  private final byte number;

  ConfigScope(int number) {
    this.number = (byte) number;
  }

  public byte number() {
    return number;
  }

  /** The scope with this number, or null when there is none. */
  public static @Nullable ConfigScope ofNumber(byte number) {
    for (ConfigScope scope : values()) {
      if (scope.number == number) {
        return scope;
      }
    }
    return null;
  }
}
