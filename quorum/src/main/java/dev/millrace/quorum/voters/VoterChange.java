package dev.millrace.quorum.voters;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.wire.ErrorCode;

/** A change of who votes, or of who leads. */
public sealed interface VoterChange {
  /** The node that it is about. */
  int id();

  /** Takes in a node that has asked for it by starting with the voters in its settings. */
  record Add(int id) implements VoterChange {}

  /**
   * Takes a voter out.
   *
   * @param incarnation of the disk that it votes with; zero for any
   */
  record Remove(int id, Uuid incarnation) implements VoterChange {
    public Remove(int id) {
      this(id, Uuid.ZERO);
    }
  }

  /** Lets a voter lead. */
  record Transfer(int id) implements VoterChange {}

  /** What became of a change. */
  record Outcome(ErrorCode error, String message) {
    static final Outcome DONE = new Outcome(ErrorCode.NONE, "");

    /** It did not happen. */
    public static Outcome refused(ErrorCode error, String message) {
      return new Outcome(error, message);
    }

    public boolean isDone() {
      return error == ErrorCode.NONE;
    }
  }
}
