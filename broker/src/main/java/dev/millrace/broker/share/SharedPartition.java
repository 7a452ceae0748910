package dev.millrace.broker.share;

import dev.millrace.base.turns.Timeout;
import dev.millrace.broker.deadletter.Letters;
import dev.millrace.coordinator.share.ShareAnswer;
import dev.millrace.coordinator.share.ShareKey;
import dev.millrace.coordinator.share.ShareState;
import dev.millrace.replica.OffsetAnswer;
import dev.millrace.replica.OffsetQuery;
import dev.millrace.replica.Partition;
import dev.millrace.replica.Waiting;
import dev.millrace.replica.share.Acknowledgement;
import dev.millrace.replica.share.AcquiredRecords;
import dev.millrace.replica.share.DeadLetters;
import dev.millrace.replica.share.Reading;
import dev.millrace.replica.share.RecordState;
import dev.millrace.replica.share.ShareLimits;
import dev.millrace.replica.share.SharePartition;
import dev.millrace.replica.share.SharePartition.Outcome;
import dev.millrace.replica.share.ShareQuery;
import dev.millrace.replica.share.ShareWrite;
import dev.millrace.replica.share.StateBatch;
import dev.millrace.wire.ErrorCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One partition as one share group reads it, as long as this node leads it.
 *
 * <pre>
 *   LOADING --state read--> SERVING --lost, fenced, idle--> CLOSED
 * </pre>
 *
 * One short lock guards it; nobody is called and nothing is read or written while it is held. Safe
 * for any thread.
 */
final class SharedPartition {
  private static final long SAVE_AGAIN_MS = 1_000;
  private static final long UNARMED = -1;

  private enum State {
    LOADING,
    SERVING,
    CLOSED
  }

  private final ShareKey key;
  private final SharedPartitions.Parts parts;
  private final Partition log;
  private final int leaderEpoch;
  private final Consumer<SharedPartition> gone;
  private final Map<Long, List<Consumer<Result>>> saving = new HashMap<>();
  private final Set<Wake> waiting = new LinkedHashSet<>();
  private List<Consumer<Result>> loading = new ArrayList<>();
  private State state = State.LOADING;
  private Result ending = Result.DONE;
  private SharePartition deliveries = new SharePartition(0, List.of());
  private int stateEpoch;
  private long version;
  private long armedMs = UNARMED;
  private boolean writing;
  private boolean idle;
  private @Nullable Timeout timer;

  /** What became of something that was asked for. */
  record Result(ErrorCode error, @Nullable String message) {
    static final Result DONE = new Result(ErrorCode.NONE, null);

    boolean isDone() {
      return error == ErrorCode.NONE;
    }
  }

  /** Somebody who waits; told each by itself apart. */
  private record Wake(Object identity, Runnable task) {}

  /**
   * @param gone told when it is closed for good
   */
  SharedPartition(
      ShareKey key, SharedPartitions.Parts parts, Partition log, Consumer<SharedPartition> gone) {
    this.key = key;
    this.parts = parts;
    this.log = log;
    this.leaderEpoch = log.leaderEpoch();
    this.gone = gone;
  }

  ShareKey key() {
    return key;
  }

  /** The partition that is read. */
  Partition log() {
    return log;
  }

  /** Whether it can still be used: its partition is the one that this node leads. */
  boolean isCurrent() {
    return log.isOpen() && log.isLeader(leaderEpoch) && !isClosed();
  }

  private synchronized boolean isClosed() {
    return state == State.CLOSED;
  }

  // Loading

  void load() {
    parts.store().read(key, leaderEpoch, this::loaded);
  }

  private void loaded(ShareAnswer answer) {
    ShareState saved = answer.state();
    if (answer.error() != ErrorCode.NONE || saved == null) {
      close(new Result(StateStore.forClients(answer.error()), answer.message()));
    } else if (saved.startOffset() == ShareState.UNINITIALIZED) {
      findStart(saved.stateEpoch());
    } else {
      int countMax = parts.rules().of(key.groupId()).limits().deliveryCountMax();
      List<StateBatch> batches = new ArrayList<>();
      saved
          .batches()
          .forEach(one ->
              batches.add(
                  new StateBatch(
                      one.first(),
                      one.last(),
                      Objects.requireNonNull(
                          RecordState.saved(one.state(), one.deliveryCount() >= countMax)),
                      one.deliveryCount())));
      serve(saved.stateEpoch(), new SharePartition(saved.startOffset(), batches), false);
    }
  }

  /** Nobody has read yet: where it begins is a setting of the group. */
  private void findStart(int epoch) {
    parts
        .diskWork()
        .submit(() -> {
          long timestampMs =
              parts.rules().of(key.groupId()).start().timestampMs(parts.clock().wallMs());
          OffsetAnswer found = lookUp(timestampMs);
          if (found.error() == ErrorCode.NONE && found.offset() < 0) {
            found = lookUp(OffsetQuery.LATEST);
          }
          if (found.error() != ErrorCode.NONE) {
            close(new Result(found.error(), "start of the partition can't be found"));
          } else {
            serve(epoch, new SharePartition(found.offset(), List.of()), true);
          }
        });
  }

  private OffsetAnswer lookUp(long timestampMs) {
    return log.offset(new OffsetQuery(timestampMs, leaderEpoch, OffsetQuery.Limit.HIGH_WATERMARK));
  }

  /**
   * @param found whether the start was just found, and is to be saved so that it stays
   */
  private void serve(int epoch, SharePartition loaded, boolean found) {
    List<Consumer<Result>> ready;
    synchronized (this) {
      if (state != State.LOADING) {
        return;
      }
      state = State.SERVING;
      stateEpoch = epoch;
      deliveries = loaded;
      if (found) {
        deliveries.saveStart();
      }
      ready = loading;
      loading = new ArrayList<>();
    }
    ready.forEach(one -> one.accept(Result.DONE));
    save();
    bury();
    wakeAll();
  }

  /** Calls {@code then} when it serves, or with why it never will; maybe before this returns. */
  void whenReady(Consumer<Result> then) {
    synchronized (this) {
      if (state == State.LOADING) {
        loading.add(then);
        return;
      }
    }
    then.accept(state());
  }

  private synchronized Result state() {
    return state == State.CLOSED ? ending : Result.DONE;
  }

  /** Whether it serves; it may be loading, or closed. */
  synchronized boolean isServing() {
    return state == State.SERVING;
  }

  /** Why it does not serve any more. */
  synchronized Result ending() {
    return ending;
  }

  // Records

  /** Counts up whenever there may be more to acquire. */
  synchronized long version() {
    return version;
  }

  /** The first offset that may be acquired, or -1 when nothing may be acquired now. */
  long nextOffset(ShareLimits limits) {
    long logStart = log.bounds().logStartOffset();
    long next;
    boolean trimmed;
    synchronized (this) {
      if (state != State.SERVING) {
        return -1;
      }
      trimmed = logStart > deliveries.startOffset();
      deliveries.trim(logStart);
      next = deliveries.nextOffset(limits);
    }
    if (trimmed) {
      save();
    }
    return next;
  }

  List<AcquiredRecords> acquire(
      String member, ShareQuery query, Reading reading, ShareLimits limits) {
    List<AcquiredRecords> acquired;
    long nowMs = parts.clock().monotonicMs();
    synchronized (this) {
      if (state != State.SERVING) {
        return List.of();
      }
      acquired = deliveries.acquire(member, query, reading, limits, nowMs);
      if (!acquired.isEmpty()) {
        arm(nowMs + limits.lockMs(), nowMs);
      }
    }
    save();
    return acquired;
  }

  /** Takes acknowledgements; {@code then} is called when they took effect or were refused. */
  void acknowledge(
      String member,
      List<Acknowledgement> acknowledgements,
      ShareLimits limits,
      Consumer<Result> then) {
    Result result;
    synchronized (this) {
      if (state == State.SERVING) {
        long nowMs = parts.clock().monotonicMs();
        switch (deliveries.acknowledge(member, acknowledgements, limits, nowMs)) {
          case Outcome.Waiting wait -> {
            saving.computeIfAbsent(wait.write(), _ -> new ArrayList<>()).add(then);
            result = null;
          }
          case Outcome.Done _ -> result = Result.DONE;
          case Outcome.Refused refused -> result = new Result(refused.error(), refused.message());
        }
      } else {
        result =
            state == State.CLOSED
                ? ending
                : new Result(ErrorCode.INVALID_RECORD_STATE, "nothing was acquired here");
      }
    }
    if (result == null) {
      save();
    } else {
      then.accept(result);
    }
  }

  /** Gives back what a member has. */
  void release(String member, ShareLimits limits) {
    boolean any;
    synchronized (this) {
      any = state == State.SERVING && deliveries.release(member, limits);
      version += any ? 1 : 0;
    }
    if (any) {
      save();
      wakeAll();
    }
  }

  // Waiting

  /**
   * Calls {@code task} once there may be more to acquire than at {@code seen}, on any thread; maybe
   * before this returns.
   */
  Waiting whenMore(long seen, Runnable task) {
    Wake wake = new Wake(new Object(), task);
    synchronized (this) {
      if (version == seen && state != State.CLOSED) {
        waiting.add(wake);
        return () -> leave(wake);
      }
    }
    task.run();
    return () -> {};
  }

  private synchronized void leave(Wake wake) {
    waiting.remove(wake);
  }

  private void wakeAll() {
    List<Wake> woken;
    synchronized (this) {
      version++;
      woken = List.copyOf(waiting);
      waiting.clear();
    }
    woken.forEach(wake -> wake.task().run());
  }

  // Locks that run out

  /** Under the lock. */
  private void arm(long dueMs, long nowMs) {
    if (armedMs != UNARMED && armedMs <= dueMs) {
      return;
    }
    if (timer != null) {
      timer.cancel();
    }
    armedMs = dueMs;
    timer = parts.turns().after(Math.max(dueMs - nowMs, 0), this::expire);
  }

  private void expire() {
    ShareLimits limits = parts.rules().of(key.groupId()).limits();
    long nowMs = parts.clock().monotonicMs();
    boolean any;
    synchronized (this) {
      if (state != State.SERVING) {
        return;
      }
      armedMs = UNARMED;
      any = deliveries.expire(limits, nowMs);
      rearm(nowMs);
    }
    if (any) {
      save();
      wakeAll();
    }
  }

  /** Under the lock. */
  private void rearm(long nowMs) {
    long dueMs = deliveries.nextDueMs();
    if (dueMs >= 0) {
      arm(dueMs, nowMs);
    }
  }

  // Saving

  private void save() {
    ShareWrite write;
    int epoch;
    synchronized (this) {
      write = state == State.SERVING ? deliveries.beginWrite() : null;
      writing |= write != null;
      epoch = stateEpoch;
    }
    if (write != null) {
      StateStore.Epochs epochs = new StateStore.Epochs(epoch, leaderEpoch);
      parts.store().write(key, epochs, write, answer -> saved(write, answer));
    }
  }

  private void saved(ShareWrite write, ShareAnswer answer) {
    Result result = new Result(StateStore.forClients(answer.error()), result(answer));
    List<Consumer<Result>> told;
    synchronized (this) {
      writing = false;
      if (state != State.SERVING) {
        return;
      }
      deliveries.endWrite(result.isDone());
      told = saving.remove(write.number());
      if (!result.isDone()) {
        armedMs = UNARMED;
        rearm(parts.clock().monotonicMs());
      }
    }
    if (told != null) {
      told.forEach(one -> one.accept(result));
    }
    if (result.isDone()) {
      save();
      bury();
    } else if (result.error() == ErrorCode.COORDINATOR_NOT_AVAILABLE) {
      parts.turns().after(SAVE_AGAIN_MS, this::save);
    } else {
      close(result);
    }
    wakeAll();
    closeIfIdle();
  }

  private static @Nullable String result(ShareAnswer answer) {
    return answer.error() == ErrorCode.NONE ? null : answer.message();
  }

  /** Sends what is given up to the dead-letter queue. */
  private void bury() {
    List<DeadLetters> runs;
    synchronized (this) {
      runs = state == State.SERVING ? deliveries.beginDeadLetters() : List.of();
    }
    if (!runs.isEmpty()) {
      Letters letters = new Letters(key.groupId(), log, log.id().topic(), runs);
      parts.deadLetters().write(letters, this::buried);
    }
  }

  private void buried() {
    synchronized (this) {
      if (state != State.SERVING) {
        return;
      }
      deliveries.endDeadLetters();
    }
    save();
    bury();
  }

  // The end

  /** Nobody of the group is here any more: it goes as soon as everything is saved. */
  void leave() {
    synchronized (this) {
      idle = true;
    }
    closeIfIdle();
  }

  /** Somebody is here again. */
  synchronized void enter() {
    idle = false;
  }

  private void closeIfIdle() {
    synchronized (this) {
      if (!idle || state != State.SERVING || writing || !deliveries.isQuiet()) {
        return;
      }
    }
    close(new Result(ErrorCode.NOT_LEADER_OR_FOLLOWER, "share partition was given up, try again"));
  }

  /** Ends it: whoever waits hears {@code why}. */
  void close(Result why) {
    List<Consumer<Result>> told;
    synchronized (this) {
      if (state == State.CLOSED) {
        return;
      }
      state = State.CLOSED;
      ending = why;
      told = new ArrayList<>(loading);
      saving.values().forEach(told::addAll);
      loading = new ArrayList<>();
      saving.clear();
      if (timer != null) {
        timer.cancel();
      }
    }
    gone.accept(this);
    told.forEach(one -> one.accept(why));
    wakeAll();
  }
}
