package dev.millrace.coordinator;

import dev.millrace.wire.ErrorCode;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a command decided: the records to write, and what follows.
 *
 * @param records in order; they go into one batch if they fit
 * @param shared whether other commands of the lane may be decided before these records are
 *     committed
 * @param transaction what the write has to do with a transaction, null for nothing
 */
public record Decision(
    List<KeyValue> records, boolean shared, @Nullable InTransaction transaction, Outcome outcome) {
  /** Nothing to write; who had to be answered was answered. */
  public static final Decision NOTHING = new Decision(List.of(), true, null, _ -> {});

  /** Writes, and holds the lane until the write is committed or refused. */
  public static Decision write(List<KeyValue> records, Outcome outcome) {
    return new Decision(records, false, null, outcome);
  }

  /** Writes, and lets the lane go on meanwhile. */
  public static Decision writeShared(List<KeyValue> records, Outcome outcome) {
    return new Decision(records, true, null, outcome);
  }

  /** Writes as part of a producer's transaction, and lets the lane go on meanwhile. */
  public static Decision writeIn(
      InTransaction.Part transaction, List<KeyValue> records, Outcome outcome) {
    return new Decision(records, true, transaction, outcome);
  }

  /** Writes the end of a producer's transaction, and lets the lane go on meanwhile. */
  public static Decision end(InTransaction.End end, Outcome outcome) {
    return new Decision(List.of(), true, end, outcome);
  }

  /** Whether there is something to write. */
  boolean writes() {
    return !records.isEmpty() || transaction instanceof InTransaction.End;
  }

  /** What follows a write. Called in turns of the owner. */
  @FunctionalInterface
  public interface Outcome {
    /**
     * An outcome that does something else than answer once the records are committed.
     *
     * @param committed called in place of an answer with {@link ErrorCode#NONE}
     * @param refuse answers with why the write is not known or not so
     */
    static Outcome of(Runnable committed, Consumer<ErrorCode> refuse) {
      return new Outcome() {
        @Override
        public void answer(ErrorCode error) {
          refuse.accept(error);
        }

        @Override
        public void committed() {
          committed.run();
        }
      };
    }

    /**
     * Answers whoever waits for this write: with {@link ErrorCode#NONE} when it is committed and
     * applied, else with why this is not known or not so. May be called a second time, when the
     * fate of a write that took too long is known at last.
     */
    void answer(ErrorCode error);

    /** The records are committed and applied. */
    default void committed() {
      answer(ErrorCode.NONE);
    }

    /** The records were not written. */
    default void refused(ErrorCode error) {
      answer(error);
    }
  }
}
