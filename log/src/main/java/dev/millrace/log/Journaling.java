package dev.millrace.log;

import dev.millrace.base.turns.Turns;

/**
 * How a log directory has a flush journal, see docs/decisions/0130.
 *
 * @param bytes of its file; 0 for none
 * @param afterRounds it is made, in the background, when so many rounds of syncs were done without
 * @param settler owner that makes it and syncs the logs' own files behind it
 */
public record Journaling(long bytes, int afterRounds, Turns settler) {
  /** A node that writes so often is worth the file; a start is over by then. */
  public static final int AFTER_ROUNDS = 64;
}
