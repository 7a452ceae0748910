package dev.millrace.broker.share;

import dev.millrace.base.turns.Turns;
import dev.millrace.broker.Node;
import dev.millrace.broker.coordinator.CoordinatorTopic;
import dev.millrace.coordinator.group.ShareGroupRules;
import dev.millrace.coordinator.share.DeliveryBatch;
import dev.millrace.coordinator.share.ShareAnswer;
import dev.millrace.coordinator.share.ShareCoordinator;
import dev.millrace.coordinator.share.ShareKey;
import dev.millrace.coordinator.share.ShareState;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.quorum.image.TopicImage;
import dev.millrace.replica.share.ShareWrite;
import dev.millrace.wire.ErrorCode;
import java.util.function.Consumer;

/**
 * Reads and writes states at the share coordinator, and tries again for a while when there is none
 * at the moment. The topic of the states is made when it is missing. A write that was done already
 * may be done again, which changes nothing. Safe for any thread.
 */
final class StateStore implements ShareGroupRules.States {
  private static final int ATTEMPTS_MAX = 9;
  private static final long FIRST_PAUSE_MS = 10;
  private static final int HERE = -1;

  private final Node node;
  private final ShareCoordinator coordinator;
  private final ShareStateCalls others;
  private final CoordinatorTopic topic;
  private final Turns turns;

  /**
   * @param turns where it waits between attempts
   */
  StateStore(
      Node node,
      ShareCoordinator coordinator,
      ShareStateCalls others,
      CoordinatorTopic topic,
      Turns turns) {
    this.node = node;
    this.coordinator = coordinator;
    this.others = others;
    this.topic = topic;
    this.turns = turns;
  }

  void read(ShareKey key, int leaderEpoch, Consumer<ShareAnswer> answer) {
    attempt(
        1,
        once -> {
          int there = elsewhere(key);
          if (there == HERE) {
            coordinator.read(key, leaderEpoch, once);
          } else {
            others.read(there, key, leaderEpoch, once);
          }
        },
        answer);
  }

  void write(ShareKey key, Epochs epochs, ShareWrite write, Consumer<ShareAnswer> answer) {
    ShareState.Change change =
        new ShareState.Change(
            epochs.leader(),
            write.startOffset(),
            write.deliveryCompleteCount(),
            write.batches().stream()
                .map(one ->
                    new DeliveryBatch(
                        one.first(), one.last(), one.state().id(), (short) one.deliveryCount()))
                .toList());
    attempt(
        1,
        once -> {
          int there = elsewhere(key);
          if (there == HERE) {
            coordinator.write(key, epochs.state(), change, once);
          } else {
            others.write(there, key, epochs.state(), change, once);
          }
        },
        answer);
  }

  @Override
  public void initialize(
      ShareKey key, int stateEpoch, long startOffset, Consumer<ErrorCode> answer) {
    attempt(
        1,
        once -> {
          int there = elsewhere(key);
          if (there == HERE) {
            coordinator.initialize(key, stateEpoch, startOffset, once);
          } else {
            others.initialize(there, key, stateEpoch, startOffset, once);
          }
        },
        found -> answer.accept(found.error()));
  }

  @Override
  public void delete(ShareKey key, Consumer<ErrorCode> answer) {
    attempt(
        1,
        once -> {
          int there = elsewhere(key);
          if (there == HERE) {
            coordinator.delete(key, once);
          } else {
            others.delete(there, key, once);
          }
        },
        found -> answer.accept(found.error()));
  }

  /** Reads a state for people. */
  void summary(ShareKey key, Consumer<ShareAnswer> answer) {
    attempt(
        1,
        once -> {
          int there = elsewhere(key);
          if (there == HERE) {
            coordinator.summary(key, once);
          } else {
            others.summary(there, key, once);
          }
        },
        answer);
  }

  /**
   * Under which a writer writes.
   *
   * @param leader the leader epoch of the partition that is read
   */
  record Epochs(int state, int leader) {}

  /** The broker that leads the state's partition; {@link #HERE} when nobody else does. */
  private int elsewhere(ShareKey key) {
    TopicImage states = topic.in(node.image());
    PartitionImage partition =
        states == null ? null : states.partition(coordinator.partitionOf(key.toString()));
    return partition == null || !partition.hasLeader() || partition.leader() == node.id()
        ? HERE
        : partition.leader();
  }

  private void attempt(
      int number, Consumer<Consumer<ShareAnswer>> request, Consumer<ShareAnswer> answer) {
    Runnable ask =
        () ->
            request.accept(found -> {
              if (isPassing(found.error()) && number < ATTEMPTS_MAX) {
                long pauseMs = FIRST_PAUSE_MS << (number - 1);
                turns.after(pauseMs, () -> attempt(number + 1, request, answer));
              } else {
                answer.accept(found);
              }
            });
    if (topic.in(node.image()) == null) {
      topic.create(ask);
    } else {
      ask.run();
    }
  }

  private static boolean isPassing(ErrorCode error) {
    return switch (error) {
      case NOT_COORDINATOR, COORDINATOR_NOT_AVAILABLE, COORDINATOR_LOAD_IN_PROGRESS -> true;
      default -> false;
    };
  }

  /** What clients are told of an error of the coordinator. */
  static ErrorCode forClients(ErrorCode error) {
    return switch (error) {
      case NOT_COORDINATOR, COORDINATOR_NOT_AVAILABLE, COORDINATOR_LOAD_IN_PROGRESS ->
          ErrorCode.COORDINATOR_NOT_AVAILABLE;
      case FENCED_LEADER_EPOCH, FENCED_STATE_EPOCH -> ErrorCode.NOT_LEADER_OR_FOLLOWER;
      default -> error;
    };
  }
}
