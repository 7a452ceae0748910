package dev.millrace.registry.image;

/**
 * A schema that uses another one.
 *
 * @param name how the schema's text calls it
 * @param subject where it is registered
 * @param version a version of that subject, {@link #LATEST} only in requests
 */
public record Reference(String name, String subject, int version) {
  /** Stands for the newest live version. */
  public static final int LATEST = -1;
}
