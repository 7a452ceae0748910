package dev.millrace.registry.image;

import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Which versions of a subject a new one must get on with, and which way round. */
public enum Level {
  NONE(false, false, false),
  /** Readers with the new schema read what was written with the one before. */
  BACKWARD(true, false, false),
  BACKWARD_TRANSITIVE(true, false, true),
  /** Readers with the schema before read what is written with the new one. */
  FORWARD(false, true, false),
  FORWARD_TRANSITIVE(false, true, true),
  FULL(true, true, false),
  FULL_TRANSITIVE(true, true, true);

  private final boolean newReadsOld;
  private final boolean oldReadsNew;
  private final boolean transitive;

  Level(boolean newReadsOld, boolean oldReadsNew, boolean transitive) {
    this.newReadsOld = newReadsOld;
    this.oldReadsNew = oldReadsNew;
    this.transitive = transitive;
  }

  /** The level of a name in any case, or null. */
  public static @Nullable Level named(String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    return Arrays.stream(values())
        .filter(level -> level.name().equals(upper))
        .findFirst()
        .orElse(null);
  }

  public boolean newReadsOld() {
    return newReadsOld;
  }

  public boolean oldReadsNew() {
    return oldReadsNew;
  }

  /** Whether all versions are compared with; else the latest alone. */
  public boolean isTransitive() {
    return transitive;
  }
}
