package dev.millrace.quorum.log;

import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.voters.VoterChange;
import dev.millrace.quorum.voters.VoterState;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.Message;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The agreed log of metadata records. One voter writes it to its disk; several agree on it.
 *
 * <p>The order of calls to the {@link Observer}: what was committed earlier (a snapshot and the
 * batches after it), then leadership, then new commits. All methods are called in turns of the
 * quorum's owner, which is also where the observer is called.
 */
public interface MetadataLog {
  /** Starts to deliver. Called once. */
  void open(Observer observer);

  /**
   * Appends records that belong together: all of them are committed, or none.
   *
   * <p>Offsets go up by one a record. As only the leader appends, and only in its own epoch, it can
   * foretell them: records appended one after the other in one epoch get offsets without gaps,
   * unless leadership is lost, and then none of those that are still open is committed.
   *
   * @param expectedEpoch the epoch in which the caller leads; in another one nothing is appended
   * @param committed hears the outcome after the observer heard of the records
   */
  void append(int expectedEpoch, List<Message> records, Appended committed);

  /** Runs {@code reached} once everything that was appended before is committed, or is lost. */
  void barrier(Runnable reached);

  /**
   * Keeps {@code records}, which make the image of everything below {@code end.offset()}, as the
   * new beginning of the log. What they replace may be deleted.
   */
  void snapshot(SnapshotId end, Stream<Message> records);

  /** How much was committed since the newest snapshot, or since the beginning, bytes. */
  long bytesSinceSnapshot();

  /** Ids of the voters. */
  List<Integer> voters();

  /** How far each voter is, as the leader knows; empty elsewhere. */
  default List<VoterState> states() {
    return List.of();
  }

  /** Changes who votes, or who of them leads; on the leader. */
  default void change(VoterChange change, Consumer<VoterChange.Outcome> done) {
    boolean isRemoval = change instanceof VoterChange.Remove;
    done.accept(
        VoterChange.Outcome.refused(
            isRemoval ? ErrorCode.VOTER_NOT_FOUND : ErrorCode.INVALID_REQUEST,
            isRemoval
                ? "the metadata has one voter, which stays"
                : "the metadata has one voter, name more in controller.quorum.voters and start"
                    + " again"));
  }

  /** Stops delivering and lets go of files. */
  void close();

  /** Hears of what is committed and of who leads. */
  interface Observer {
    /**
     * Everything below {@code end.offset()} is what these records make; what was heard before is
     * void.
     */
    void onSnapshot(SnapshotId end, Stream<Message> records);

    /** The records from {@code baseOffset} on are committed; offsets below were heard before. */
    void onCommit(long baseOffset, int epoch, List<Message> records);

    /**
     * A new epoch began.
     *
     * @param leader id of its leader, or -1 while there is none
     * @param nextOffset the offset of the next record that is appended in this epoch
     */
    void onLeaderChange(int leader, int epoch, long nextOffset);

    /** The log cannot go on: nothing that is not committed yet will be. */
    void onFailure(RuntimeException cause);
  }

  /** The outcome of an append. */
  @FunctionalInterface
  interface Appended {
    /**
     * @param outcome what became of the records
     */
    void done(Outcome outcome);
  }

  /** What became of appended records. */
  enum Outcome {
    /** They are in the log for good. */
    COMMITTED,
    /** They were not appended, or were lost, since another epoch began. */
    FENCED,
    /** The log failed; whether they are in it shows after a restart. */
    FAILED
  }

  /**
   * Names a snapshot.
   *
   * @param offset the first offset that is not in it
   * @param epoch of the last record in it
   */
  record SnapshotId(long offset, int epoch) {
    /** The snapshot that ends with {@code image}. */
    public static SnapshotId of(ClusterImage image) {
      return new SnapshotId(image.offset() + 1, image.epoch());
    }
  }
}
