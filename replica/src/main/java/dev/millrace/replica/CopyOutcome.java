package dev.millrace.replica;

/** What became of a step of a copy towards its leader's log. */
public sealed interface CopyOutcome {

  /**
   * It is done.
   *
   * @param endOffset the log end afterwards
   */
  record Done(long endOffset) implements CopyOutcome {}

  /** This leader is followed no more, at least not in this epoch. Nothing was changed. */
  record Over() implements CopyOutcome {
    static final Over INSTANCE = new Over();
  }

  /** It could not be done; trying again later may help. */
  record Failed(String why) implements CopyOutcome {}
}
