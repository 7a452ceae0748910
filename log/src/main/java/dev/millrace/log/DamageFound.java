package dev.millrace.log;

import java.io.Serial;

/** Thrown to leave the opening of a log whose acknowledged records are not whole. */
final class DamageFound extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  DamageFound(String what) {
    super(what);
  }
}
