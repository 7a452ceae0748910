package dev.millrace.replica.follow;

/** Pauses after failures: short at first, for most troubles of a change of leaders pass quickly. */
final class Pauses {
  private static final int FIRST_MS = 10;
  private static final int DOUBLINGS_MAX = 16;

  private Pauses() {}

  /** The pause after so many failures in a row, ms. */
  static int ms(int failures, int msMax) {
    return Math.min(FIRST_MS << Math.min(Math.max(failures - 1, 0), DOUBLINGS_MAX), msMax);
  }
}
