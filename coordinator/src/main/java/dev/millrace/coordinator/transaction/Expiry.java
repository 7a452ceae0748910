package dev.millrace.coordinator.transaction;

import dev.millrace.base.time.Clock;
import dev.millrace.base.turns.Timeout;
import dev.millrace.coordinator.Deadlines;
import dev.millrace.coordinator.Decision;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Transactions whose time is over, which abort, and transactional ids that nobody used for long,
 * which are forgotten. How long a transaction has been open is measured by the monotonic clock:
 * only what was open before this node took over is taken from the times in the log. Belongs to the
 * owner.
 */
final class Expiry {
  /** Where a check of the whole partition stands in line: it writes nothing itself. */
  private static final String NO_LANE = "";

  private final TransactionMachine machine;
  private final Deadlines<TransactionMachine> deadlines;

  /** By which monotonic millisecond a transaction has to be over. */
  private final Map<String, Long> ongoing = new HashMap<>();

  private @Nullable Timeout nextTimeouts;
  private @Nullable Timeout nextForgetting;

  Expiry(TransactionMachine machine, Deadlines<TransactionMachine> deadlines) {
    this.machine = machine;
    this.deadlines = deadlines;
  }

  /** A transactional id stands elsewhere now. */
  void follow(Transaction transaction) {
    if (transaction.state() == TransactionState.ONGOING) {
      ongoing.computeIfAbsent(transaction.id(), _ -> endMs(transaction));
    } else {
      ongoing.remove(transaction.id());
    }
  }

  private long endMs(Transaction transaction) {
    Clock clock = machine.clock();
    long openMs = clock.wallMs() - transaction.times().startedMs();
    long timeoutMs = transaction.timeoutMs();
    return clock.monotonicMs() + timeoutMs - Math.clamp(openMs, 0, timeoutMs);
  }

  void start() {
    scheduleTimeouts();
    scheduleForgetting();
  }

  void stop() {
    cancel(nextTimeouts);
    cancel(nextForgetting);
    ongoing.clear();
  }

  private static void cancel(@Nullable Timeout timeout) {
    if (timeout != null) {
      timeout.cancel();
    }
  }

  private void scheduleTimeouts() {
    nextTimeouts =
        deadlines.after(
            machine.settings().timeoutCheckMs(),
            NO_LANE,
            _ -> {
              scheduleTimeouts();
              abortLate();
              return Decision.NOTHING;
            });
  }

  private void abortLate() {
    long nowMs = machine.clock().monotonicMs();
    ongoing.forEach((id, endMs) -> {
      if (endMs <= nowMs) {
        deadlines.after(0, id, _ -> abort(id));
      }
    });
  }

  private Decision abort(String id) {
    Transaction transaction = machine.find(id);
    Long endMs = ongoing.get(id);
    return transaction == null || endMs == null || endMs > machine.clock().monotonicMs()
        ? Decision.NOTHING
        : TransactionMachine.write(TransactionRules.fenced(transaction, machine.clock().wallMs()));
  }

  private void scheduleForgetting() {
    nextForgetting =
        deadlines.after(
            machine.settings().expirationCheckMs(),
            NO_LANE,
            _ -> {
              scheduleForgetting();
              forgetUnused();
              return Decision.NOTHING;
            });
  }

  private void forgetUnused() {
    for (Transaction transaction : machine.all()) {
      if (isUnused(transaction)) {
        deadlines.alone(transaction.id(), _ -> forget(transaction.id()));
      }
    }
  }

  private Decision forget(String id) {
    Transaction transaction = machine.find(id);
    return transaction == null || !isUnused(transaction)
        ? Decision.NOTHING
        : Decision.write(List.of(TransactionRecords.gone(id)), _ -> {});
  }

  private boolean isUnused(Transaction transaction) {
    long unusedMs = machine.clock().wallMs() - transaction.times().updatedMs();
    return transaction.state().isIdle() && unusedMs >= machine.settings().expirationMs();
  }
}
