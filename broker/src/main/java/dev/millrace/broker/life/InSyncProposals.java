package dev.millrace.broker.life;

import dev.millrace.base.turns.Turns;
import dev.millrace.broker.ActiveController;
import dev.millrace.quorum.control.AlterPartition;
import dev.millrace.quorum.control.Outcome;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.replica.InSyncChanges;
import dev.millrace.wire.ErrorCode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Takes the wishes of this broker's leaders to the controller (AlterPartition, KIP-497): one
 * request in flight, and what comes meanwhile goes together in the next one, so that a node whose
 * many partitions lose a follower at once asks a few times and not thousands. Safe for any thread.
 */
public final class InSyncProposals implements InSyncChanges {
  /** Partitions in one request. */
  static final int BATCH_MAX = 1_000;

  private static final long RETRY_MS = 50;
  private static final byte RECOVERED = 0;
  private static final long ANY_EPOCH = AlterPartition.ANY_EPOCH;

  private final Turns turns;
  private final ActiveController controller;
  private final int brokerId;
  private final LongSupplier brokerEpoch;
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private boolean asking;

  /** A proposal without an answer. */
  private record Waiting(Proposal proposal, Consumer<Answer> told) {}

  /**
   * @param turns the owner of what waits
   * @param brokerEpoch of this node's registration, -1 while it has none; any thread
   */
  public InSyncProposals(
      Turns turns, ActiveController controller, int brokerId, LongSupplier brokerEpoch) {
    this.turns = turns;
    this.controller = controller;
    this.brokerId = brokerId;
    this.brokerEpoch = brokerEpoch;
  }

  @Override
  public void propose(Proposal proposal, Consumer<Answer> told) {
    turns.submit(() -> {
      waiting.add(new Waiting(proposal, told));
      askNext();
    });
  }

  private void askNext() {
    if (asking) {
      return;
    }
    List<Waiting> batch = new ArrayList<>();
    while (!waiting.isEmpty() && batch.size() < BATCH_MAX) {
      Waiting next = waiting.remove();
      if (next.proposal.isWithdrawn()) {
        next.told.accept(new Answer.Superseded(ErrorCode.INVALID_UPDATE_VERSION));
      } else {
        batch.add(next);
      }
    }
    if (batch.isEmpty()) {
      return;
    }
    asking = true;
    long epoch = brokerEpoch.getAsLong();
    controller.submit(
        new AlterPartition(
            brokerId, epoch, batch.stream().map(one -> wire(one.proposal, epoch)).toList()),
        outcome -> turns.submit(() -> answered(batch, outcome)));
  }

  private AlterPartition.Proposal wire(Proposal proposal, long epoch) {
    return new AlterPartition.Proposal(
        proposal.partition().topicId(),
        proposal.partition().index(),
        proposal.leaderEpoch(),
        proposal.partitionEpoch(),
        proposal.members().stream()
            .map(member ->
                new AlterPartition.Member(
                    member.broker(),
                    member.broker() == brokerId ? epoch : orAny(member.brokerEpoch())))
            .toList(),
        RECOVERED);
  }

  private static long orAny(long epoch) {
    return epoch < 0 ? ANY_EPOCH : epoch;
  }

  private void answered(List<Waiting> batch, Outcome<List<Outcome<PartitionImage>>> outcome) {
    asking = false;
    switch (outcome) {
      case Outcome.Refused<List<Outcome<PartitionImage>>> refused -> again(batch);
      case Outcome.Done<List<Outcome<PartitionImage>>>(List<Outcome<PartitionImage>> each) -> {
        List<Waiting> again = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
          if (isPassing(each.get(i).error())) {
            again.add(batch.get(i));
          } else {
            batch.get(i).told.accept(answer(each.get(i)));
          }
        }
        again(again);
      }
    }
    askNext();
  }

  /** A controller that is not there, or does not know this broker yet, may know it in a moment. */
  private void again(List<Waiting> lost) {
    if (!lost.isEmpty()) {
      turns.after(
          RETRY_MS,
          () -> {
            waiting.addAll(lost);
            askNext();
          });
    }
  }

  private static boolean isPassing(ErrorCode error) {
    return switch (error) {
      case NOT_CONTROLLER, REQUEST_TIMED_OUT, STALE_BROKER_EPOCH, KAFKA_STORAGE_ERROR -> true;
      default -> false;
    };
  }

  private static Answer answer(Outcome<PartitionImage> outcome) {
    return switch (outcome) {
      case Outcome.Done<PartitionImage>(PartitionImage now) ->
          new Answer.Accepted(now.partitionEpoch(), now.isr());
      case Outcome.Refused<PartitionImage> refused ->
          switch (refused.error()) {
            case FENCED_LEADER_EPOCH,
                INVALID_UPDATE_VERSION,
                NEW_LEADER_ELECTED,
                UNKNOWN_TOPIC_ID,
                UNKNOWN_TOPIC_OR_PARTITION ->
                new Answer.Superseded(refused.error());
            default -> new Answer.Refused(refused.error());
          };
    };
  }
}
