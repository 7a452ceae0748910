package dev.millrace.serializers.registry;

/** What the registry refused, or that it did not answer. */
public final class RegistryException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int code;

  /**
   * For users.
   *
   * @param code the registry's error code, such as 40403; 0 when there was no answer
   */
  public RegistryException(int code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /** The registry's error code; 0 when there was no answer. */
  public int code() {
    return code;
  }
}
