package dev.millrace.registry.image;

import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What may be done to a subject. */
public enum Mode {
  READWRITE,
  READONLY,
  /** As {@link #READONLY}, for all subjects whatever their own mode is. */
  READONLY_OVERRIDE,
  /**
   * Schemas are registered with ids and versions of their writer; compatibility is not looked at.
   */
  IMPORT,
  /** For all contexts only: writes come from another registry, with its ids, as in IMPORT. */
  FORWARD;

  /** The mode of a name in any case, or null. */
  public static @Nullable Mode named(String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    return Arrays.stream(values())
        .filter(mode -> mode.name().equals(upper))
        .findFirst()
        .orElse(null);
  }

  /** Whether schemas come with ids, and are taken as they are. */
  public boolean isImport() {
    return this == IMPORT || this == FORWARD;
  }

  public boolean isReadOnly() {
    return this == READONLY || this == READONLY_OVERRIDE;
  }
}
