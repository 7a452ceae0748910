package dev.millrace.coordinator.share;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.time.Clock;
import dev.millrace.base.turns.Timeout;
import dev.millrace.coordinator.CoordinatorLog.Entry;
import dev.millrace.coordinator.Deadlines;
import dev.millrace.coordinator.Decision;
import dev.millrace.coordinator.KeyValue;
import dev.millrace.coordinator.StateMachine;
import dev.millrace.coordinator.share.record.ShareSnapshotKey;
import dev.millrace.coordinator.share.record.ShareUpdateKey;
import dev.millrace.coordinator.share.record.ShareUpdateValue;
import dev.millrace.wire.ErrorCode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** The states of one partition of {@code __share_group_state}. */
final class ShareMachine implements StateMachine {
  private final ShareSettings settings;
  private final Clock clock;
  private final Deadlines<ShareMachine> deadlines;
  private final LongConsumer forget;
  private final Map<ShareKey, Kept> states = new HashMap<>();
  private long endOffset;
  private @Nullable Timeout chore;

  /**
   * A state with what it takes to read it again.
   *
   * @param snapshotOffset where its last snapshot lies
   * @param updates written since
   */
  record Kept(ShareState state, long snapshotOffset, int updates) {}

  /**
   * @param forget takes the offset before which the log is not needed
   */
  ShareMachine(
      ShareSettings settings, Clock clock, Deadlines<ShareMachine> deadlines, LongConsumer forget) {
    this.settings = settings;
    this.clock = clock;
    this.deadlines = deadlines;
    this.forget = forget;
  }

  @Nullable ShareState find(ShareKey key) {
    Kept kept = states.get(key);
    return kept == null ? null : kept.state();
  }

  long nowMs() {
    return clock.wallMs();
  }

  /** The record of a change: an update, or, when there are many already, a snapshot. */
  KeyValue record(ShareKey key, int stateEpoch, ShareState.Change change) {
    Kept kept = states.get(key);
    if (kept == null) {
      throw new IllegalStateException("state is not there, key=" + key);
    }
    ShareState state = kept.state();
    if (kept.updates() < settings.updatesPerSnapshot() && stateEpoch <= state.stateEpoch()) {
      return ShareRecords.update(key, state.snapshotEpoch(), change);
    }
    return ShareRecords.snapshot(
        key, state.with(change).snapshot(Math.max(stateEpoch, state.stateEpoch()), nowMs()));
  }

  @Override
  public void apply(Entry entry) {
    if (entry instanceof Entry.Stored stored) {
      apply(stored);
    }
  }

  private void apply(Entry.Stored stored) {
    endOffset = stored.offset() + 1;
    Bytes value = stored.record().value();
    switch (ShareRecords.readKey(stored.record().key())) {
      case ShareSnapshotKey key -> {
        ShareKey of = new ShareKey(key.groupId(), key.topicId(), key.partition());
        if (value == null) {
          states.remove(of);
        } else {
          states.put(of, new Kept(ShareRecords.readSnapshot(value), stored.offset(), 0));
        }
      }
      case ShareUpdateKey key when value != null -> {
        ShareUpdateValue update = ShareRecords.readUpdate(value);
        states.computeIfPresent(
            new ShareKey(key.groupId(), key.topicId(), key.partition()),
            (_, kept) -> updated(kept, update));
      }
      case null, default -> {
        // a kind of a later release, or an update of a state that is gone
      }
    }
  }

  private static Kept updated(Kept kept, ShareUpdateValue update) {
    return update.snapshotEpoch() != kept.state().snapshotEpoch()
        ? kept
        : new Kept(
            kept.state().with(ShareRecords.change(update)),
            kept.snapshotOffset(),
            kept.updates() + 1);
  }

  @Override
  public void loaded() {
    chore = deadlines.after(settings.pruneMs(), "", ShareMachine::prune);
  }

  @Override
  public void unloaded(ErrorCode error) {
    if (chore != null) {
      chore.cancel();
    }
    states.clear();
  }

  /** The offset before which nothing of the log is needed. */
  long neededFrom() {
    long needed = endOffset;
    for (Kept kept : states.values()) {
      needed = Math.min(needed, kept.snapshotOffset());
    }
    return needed;
  }

  /** Forgets what is not needed, and writes snapshots of states that were not written for long. */
  private Decision prune() {
    chore = deadlines.after(settings.pruneMs(), "", ShareMachine::prune);
    if (neededFrom() > 0) {
      forget.accept(neededFrom());
    }
    boolean worthIt = endOffset - neededFrom() > 2L * states.size();
    long before = worthIt ? nowMs() - settings.coldSnapshotMs() : Long.MIN_VALUE;
    forEach(
        (key, kept) ->
            kept.snapshotOffset() + 1 < endOffset && kept.state().times().writtenMs() <= before,
        key -> machine -> machine.snapshot(key));
    return Decision.NOTHING;
  }

  private Decision snapshot(ShareKey key) {
    ShareState state = find(key);
    return state == null
        ? Decision.NOTHING
        : Decision.write(
            List.of(ShareRecords.snapshot(key, state.snapshot(state.stateEpoch(), nowMs()))),
            _ -> {});
  }

  /** Topics are deleted: their states go. */
  void topicDeleted(Uuid topicId) {
    forEach(
        (key, _) -> key.topicId().equals(topicId),
        key ->
            machine ->
                machine.find(key) == null
                    ? Decision.NOTHING
                    : Decision.write(List.of(ShareRecords.gone(key)), _ -> {}));
  }

  private interface Choice {
    boolean takes(ShareKey key, Kept kept);
  }

  /** Has something decided in the lane of each state that is chosen. */
  private void forEach(Choice choice, Function<ShareKey, Function<ShareMachine, Decision>> action) {
    states.forEach((key, kept) -> {
      if (choice.takes(key, kept)) {
        deadlines.alone(key.toString(), action.apply(key));
      }
    });
  }
}
