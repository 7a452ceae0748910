package dev.millrace.coordinator.transaction;

import dev.millrace.base.time.Clock;
import dev.millrace.base.turns.Timeout;
import dev.millrace.coordinator.Command;
import dev.millrace.coordinator.Deadlines;
import dev.millrace.coordinator.Decision;
import dev.millrace.coordinator.transaction.Markers.Marker;
import dev.millrace.wire.ErrorCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Brings prepared transactions to their end: writes the markers, again and again until every
 * partition has its own or is gone, then the record that says so. Requests for the next transaction
 * wait here a moment. Belongs to the owner.
 */
final class Completions {
  /** Pause before markers are tried again, milliseconds; doubles up to the longest. */
  private static final long PAUSE_MS_MIN = 20;

  private static final long PAUSE_MS_MAX = 1_000;

  /** Most requests that wait for one transaction; more are told to come again. */
  private static final int WAITING_MAX = 1_000;

  private final Clock clock;
  private final Deadlines<TransactionMachine> deadlines;
  private final Markers markers;
  private final int coordinatorEpoch;
  private final Map<String, Completion> running = new HashMap<>();
  private boolean stopped;

  private static final class Completion {
    final Transaction transaction;
    final TreeSet<PartitionName> remaining;
    final List<Waiting> waiting = new ArrayList<>();
    long pauseMs = PAUSE_MS_MIN;

    Completion(Transaction transaction) {
      this.transaction = transaction;
      this.remaining = new TreeSet<>(transaction.partitions());
    }
  }

  private static final class Waiting {
    final Command<TransactionMachine> command;
    @Nullable Timeout timeout;

    Waiting(Command<TransactionMachine> command) {
      this.command = command;
    }
  }

  Completions(
      Clock clock, Deadlines<TransactionMachine> deadlines, Markers markers, int coordinatorEpoch) {
    this.clock = clock;
    this.deadlines = deadlines;
    this.markers = markers;
    this.coordinatorEpoch = coordinatorEpoch;
  }

  /** A transaction is decided: its markers go out. */
  void begin(Transaction prepared) {
    Completion completion = new Completion(prepared);
    running.put(prepared.id(), completion);
    step(completion, 0);
  }

  /** A transactional id has nothing to complete, or not any more. */
  void end(String id) {
    Completion ended = running.remove(id);
    if (ended != null) {
      for (Waiting one : ended.waiting) {
        cancel(one);
        deadlines.submit(id, one.command);
      }
    }
  }

  List<PartitionName> remaining(String id) {
    Completion completion = running.get(id);
    return completion == null ? List.of() : List.copyOf(completion.remaining);
  }

  /** Has a command decided again when the transaction is complete; refuses it after a while. */
  void await(String id, Command<TransactionMachine> command, long waitMs) {
    Completion completion = running.get(id);
    if (completion == null || waitMs <= 0 || completion.waiting.size() >= WAITING_MAX) {
      command.refuse(ErrorCode.CONCURRENT_TRANSACTIONS);
      return;
    }
    Waiting waiting = new Waiting(command);
    completion.waiting.add(waiting);
    waiting.timeout =
        deadlines.after(
            waitMs,
            id,
            _ -> {
              if (completion.waiting.remove(waiting)) {
                command.refuse(ErrorCode.CONCURRENT_TRANSACTIONS);
              }
              return Decision.NOTHING;
            });
  }

  void stop(ErrorCode error) {
    stopped = true;
    for (Completion completion : running.values()) {
      for (Waiting one : completion.waiting) {
        cancel(one);
        one.command.refuse(error);
      }
    }
    running.clear();
  }

  private static void cancel(Waiting waiting) {
    if (waiting.timeout != null) {
      waiting.timeout.cancel();
    }
  }

  private void step(Completion completion, long delayMs) {
    deadlines.after(delayMs, completion.transaction.id(), _ -> step(completion));
  }

  private Decision step(Completion completion) {
    if (isOver(completion)) {
      return Decision.NOTHING;
    }
    if (completion.remaining.isEmpty()) {
      return complete(completion);
    }
    List<PartitionName> partitions = List.copyOf(completion.remaining);
    Transaction transaction = completion.transaction;
    Marker marker =
        new Marker(
            transaction.producer(),
            transaction.state() == TransactionState.PREPARE_COMMIT,
            coordinatorEpoch,
            transaction.version());
    markers.write(
        marker,
        partitions,
        errors ->
            deadlines.after(0, transaction.id(), _ -> marked(completion, partitions, errors)));
    return Decision.NOTHING;
  }

  private Decision marked(
      Completion completion, List<PartitionName> partitions, List<ErrorCode> errors) {
    if (isOver(completion)) {
      return Decision.NOTHING;
    }
    for (int i = 0; i < partitions.size(); i++) {
      if (isSettled(errors.get(i))) {
        completion.remaining.remove(partitions.get(i));
      }
    }
    return completion.remaining.isEmpty() ? complete(completion) : again(completion);
  }

  /**
   * Whether a partition needs this marker no more: it has it, it is gone, or its producer is at a
   * later epoch, before which the transaction was ended.
   */
  private static boolean isSettled(ErrorCode error) {
    return error == ErrorCode.NONE
        || error == ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
        || error == ErrorCode.INVALID_PRODUCER_EPOCH;
  }

  private Decision again(Completion completion) {
    step(completion, completion.pauseMs);
    completion.pauseMs = Math.min(completion.pauseMs * 2, PAUSE_MS_MAX);
    return Decision.NOTHING;
  }

  private Decision complete(Completion completion) {
    Transaction completed = completion.transaction.completed(clock.wallMs());
    return Decision.write(
        List.of(TransactionRecords.of(completed)),
        error -> {
          if (error != ErrorCode.NONE && !isOver(completion)) {
            again(completion);
          }
        });
  }

  private boolean isOver(Completion completion) {
    return stopped || running.get(completion.transaction.id()) != completion;
  }
}
