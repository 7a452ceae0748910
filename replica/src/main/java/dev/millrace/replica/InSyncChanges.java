package dev.millrace.replica;

import dev.millrace.wire.ErrorCode;
import java.util.List;
import java.util.function.Consumer;

/**
 * The way to the controller for leaders that want another in-sync set (AlterPartition, KIP-497).
 * Safe for any thread, and never waits.
 */
@FunctionalInterface
public interface InSyncChanges {
  /**
   * Proposes an in-sync set. A partition has one proposal at a time.
   *
   * <p>What fails in a way that may pass (no controller, a connection that broke, a time that ran
   * out) is tried again by the port until there is an answer, or until {@link
   * Proposal#isWithdrawn}.
   *
   * @param told called once, on any thread, perhaps before this returns
   */
  void propose(Proposal proposal, Consumer<Answer> told);

  /** A copy that is to be in sync. */
  record Member(int broker, long brokerEpoch) {}

  /** What a leader wants. */
  interface Proposal {
    PartitionId partition();

    /** Of the leader that wants it; it is void when another leads. */
    int leaderEpoch();

    /** The proposal is good for this state of the partition only. */
    int partitionEpoch();

    /**
     * The new in-sync set; without the leader when that wants another one in its place. The broker
     * epoch of the leader itself is -1: the sender knows it. That of another is -1 when the broker
     * has not fetched yet. The set is recovered: a leader that was elected without having
     * everything has its log in order again.
     */
    List<Member> members();

    /** Whether the partition has another state by now, or another leader. */
    boolean isWithdrawn();
  }

  /** What the controller says. */
  sealed interface Answer {
    /** It is so. */
    record Accepted(int partitionEpoch, List<Integer> inSync) implements Answer {}

    /** It is not so and never was: the last in-sync set holds. */
    record Refused(ErrorCode error) implements Answer {}

    /**
     * The partition has another state in the metadata (FENCED_LEADER_EPOCH, INVALID_UPDATE_VERSION,
     * NEW_LEADER_ELECTED ...), perhaps the one that was proposed; the image will tell.
     */
    record Superseded(ErrorCode error) implements Answer {}
  }
}
