package dev.millrace.coordinator.share;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.time.Clock;
import dev.millrace.base.turns.Turns;
import dev.millrace.coordinator.Coordinator;
import dev.millrace.coordinator.CoordinatorLog;
import dev.millrace.coordinator.Decision;
import dev.millrace.coordinator.KeyValue;
import dev.millrace.coordinator.LedPartitions;
import dev.millrace.coordinator.PartitionCoordinator;
import dev.millrace.wire.ErrorCode;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The states of share groups that this node keeps: those that hash to a partition of {@code
 * __share_group_state} that it leads. Safe for any thread; answers come in turns of the partition's
 * owner, or at once when they are errors, each exactly once.
 */
public final class ShareCoordinator implements Coordinator {
  /** The topic on which states live. */
  public static final String TOPIC = "__share_group_state";

  private static final int NO_EPOCH = -1;

  private final ShareSettings settings;
  private final Clock clock;
  private final List<Turns> owners;
  private final IntSupplier partitionCount;
  private final Topics topics;
  private final LedPartitions<ShareMachine> led = new LedPartitions<>();

  /** What is known of the cluster's topics. */
  @FunctionalInterface
  public interface Topics {
    boolean contains(Uuid topicId, int partition);
  }

  /**
   * @param owners partitions are spread over them
   * @param partitionCount of {@link #TOPIC}, or what it will have when it is created
   */
  public ShareCoordinator(
      ShareSettings settings,
      Clock clock,
      List<Turns> owners,
      IntSupplier partitionCount,
      Topics topics) {
    this.settings = settings;
    this.clock = clock;
    this.owners = List.copyOf(owners);
    this.partitionCount = partitionCount;
    this.topics = topics;
  }

  // Partitions

  /** The partition of {@link #TOPIC} on which the state with this text of its key lives. */
  @Override
  public int partitionOf(String key) {
    return LedPartitions.partitionOf(key, partitionCount.getAsInt());
  }

  /** This node leads a partition: its states are loaded from {@code log}. */
  @Override
  public void elected(int partition, int leaderEpoch, CoordinatorLog log) {
    led.elected(
        partition,
        leaderEpoch,
        () ->
            new PartitionCoordinator<>(
                TOPIC + "-" + partition,
                owners.get(partition % owners.size()),
                log,
                settings.writeTimeoutMs(),
                deadlines -> new ShareMachine(settings, clock, deadlines, log::forget)));
  }

  /** This node no longer leads a partition, since before {@code leaderEpoch}. */
  @Override
  public void resigned(int partition, int leaderEpoch) {
    led.resigned(partition, leaderEpoch);
  }

  /** Gives up all partitions. */
  @Override
  public void close() {
    led.close();
  }

  /** Calls {@code ready} when a partition is loaded, or with the error why this node has it not. */
  @Override
  public void whenLoaded(int partition, Consumer<ErrorCode> ready) {
    led.whenLoaded(partition, ready);
  }

  /** A topic is deleted: its states go. */
  public void topicDeleted(Uuid topicId) {
    led.all().forEach(one -> one.read(machine -> machine.topicDeleted(topicId), _ -> {}));
  }

  // States

  /**
   * Sets a state anew. Asked again in the epoch that is there, it is left as it is, unless a start
   * is named.
   *
   * @param stateEpoch refused when it is lower than that of the state that is there
   * @param startOffset the first offset to deliver, or {@link ShareState#UNINITIALIZED}
   */
  public void initialize(
      ShareKey key, int stateEpoch, long startOffset, Consumer<ShareAnswer> answer) {
    submit(
        key,
        answer,
        (machine, once) -> {
          ShareState before = machine.find(key);
          if (before != null && stateEpoch < before.stateEpoch()) {
            return refuse(once, fencedState(stateEpoch, before));
          }
          if (before != null
              && stateEpoch == before.stateEpoch()
              && startOffset == ShareState.UNINITIALIZED) {
            once.accept(ShareAnswer.done(before));
            return Decision.NOTHING;
          }
          boolean unset = startOffset == ShareState.UNINITIALIZED;
          long nowMs = machine.nowMs();
          ShareState state =
              new ShareState(
                  before == null ? 0 : before.snapshotEpoch() + 1,
                  stateEpoch,
                  before == null ? 0 : before.leaderEpoch(),
                  startOffset,
                  unset ? -1 : 0,
                  new ShareState.Times(nowMs, nowMs),
                  List.of());
          return write(machine, key, ShareRecords.snapshot(key, state), once);
        });
  }

  /**
   * Changes a state.
   *
   * @param stateEpoch of the state that the writer read, or -1
   */
  public void write(
      ShareKey key, int stateEpoch, ShareState.Change change, Consumer<ShareAnswer> answer) {
    if (!change.batches().stream().allMatch(DeliveryBatch::isSound)) {
      answer.accept(
          ShareAnswer.refused(
              ErrorCode.INVALID_REQUEST, "a batch has no such offsets, state or count"));
      return;
    }
    submit(
        key,
        answer,
        (machine, once) -> {
          ShareState before = machine.find(key);
          ShareAnswer refusal = refusal(before, change.leaderEpoch());
          if (refusal != null || before == null) {
            return refuse(once, refusal == null ? absent() : refusal);
          }
          if (stateEpoch != NO_EPOCH && stateEpoch < before.stateEpoch()) {
            return refuse(once, fencedState(stateEpoch, before));
          }
          return write(machine, key, machine.record(key, stateEpoch, change), once);
        });
  }

  /** Reads a state for the leader of the partition, whose predecessors are fenced from now on. */
  public void read(ShareKey key, int leaderEpoch, Consumer<ShareAnswer> answer) {
    submit(
        key,
        answer,
        (machine, once) -> {
          ShareState state = machine.find(key);
          ShareAnswer refusal = refusal(state, leaderEpoch);
          if (refusal != null || state == null) {
            return refuse(once, refusal == null ? absent() : refusal);
          }
          if (leaderEpoch == NO_EPOCH || leaderEpoch == state.leaderEpoch()) {
            once.accept(ShareAnswer.done(state));
            return Decision.NOTHING;
          }
          ShareState.Change change =
              new ShareState.Change(
                  leaderEpoch, state.startOffset(), state.deliveryCompleteCount(), List.of());
          return write(machine, key, machine.record(key, NO_EPOCH, change), once);
        });
  }

  /** Reads a state for people; null when there is none. */
  public void summary(ShareKey key, Consumer<ShareAnswer> answer) {
    submit(
        key,
        answer,
        (machine, once) -> {
          once.accept(ShareAnswer.done(machine.find(key)));
          return Decision.NOTHING;
        });
  }

  /** Forgets a state; that there is none is no error. */
  public void delete(ShareKey key, Consumer<ShareAnswer> answer) {
    submit(
        key,
        answer,
        (machine, once) -> {
          if (machine.find(key) == null) {
            once.accept(ShareAnswer.done(null));
            return Decision.NOTHING;
          }
          return write(machine, key, ShareRecords.gone(key), once);
        });
  }

  private interface Deciding {
    Decision decide(ShareMachine machine, Consumer<ShareAnswer> once);
  }

  private void submit(ShareKey key, Consumer<ShareAnswer> answer, Deciding deciding) {
    AtomicBoolean given = new AtomicBoolean();
    Consumer<ShareAnswer> once =
        result -> {
          if (given.compareAndSet(false, true)) {
            answer.accept(result);
          }
        };
    if (key.partition() < 0 || key.topicId().equals(Uuid.ZERO)) {
      once.accept(ShareAnswer.refused(ErrorCode.INVALID_REQUEST, "topic or partition is missing"));
      return;
    }
    if (!topics.contains(key.topicId(), key.partition())) {
      once.accept(
          ShareAnswer.refused(
              ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "topic has no such partition, key=" + key));
      return;
    }
    String lane = key.toString();
    led.submit(
        partitionOf(lane),
        lane,
        new ShareCommand(
            machine -> deciding.decide(machine, once),
            error ->
                once.accept(ShareAnswer.refused(error, "state can't be reached, error=" + error))));
  }

  private static Decision write(
      ShareMachine machine, ShareKey key, KeyValue record, Consumer<ShareAnswer> once) {
    return Decision.write(
        List.of(record),
        error ->
            once.accept(
                error == ErrorCode.NONE
                    ? ShareAnswer.done(machine.find(key))
                    : ShareAnswer.refused(error, "state was not written, error=" + error)));
  }

  private static Decision refuse(Consumer<ShareAnswer> once, ShareAnswer refusal) {
    once.accept(refusal);
    return Decision.NOTHING;
  }

  private static @Nullable ShareAnswer refusal(@Nullable ShareState state, int leaderEpoch) {
    if (state == null) {
      return absent();
    }
    return leaderEpoch != NO_EPOCH && leaderEpoch < state.leaderEpoch()
        ? ShareAnswer.refused(
            ErrorCode.FENCED_LEADER_EPOCH,
            "leader epoch is old, requested=" + leaderEpoch + " current=" + state.leaderEpoch())
        : null;
  }

  private static ShareAnswer absent() {
    return ShareAnswer.refused(ErrorCode.INVALID_REQUEST, "share partition was not initialized");
  }

  private static ShareAnswer fencedState(int stateEpoch, ShareState state) {
    return ShareAnswer.refused(
        ErrorCode.FENCED_STATE_EPOCH,
        "state epoch is old, requested=" + stateEpoch + " current=" + state.stateEpoch());
  }
}
