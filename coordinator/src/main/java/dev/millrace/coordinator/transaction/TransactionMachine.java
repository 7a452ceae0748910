package dev.millrace.coordinator.transaction;

import dev.millrace.base.time.Clock;
import dev.millrace.coordinator.Command;
import dev.millrace.coordinator.CoordinatorLog;
import dev.millrace.coordinator.Deadlines;
import dev.millrace.coordinator.Decision;
import dev.millrace.coordinator.StateMachine;
import dev.millrace.wire.ErrorCode;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The transactional ids of one partition of {@code __transaction_state}. What is prepared is
 * completed here, whoever prepared it: after a load as well as live.
 */
final class TransactionMachine implements StateMachine {
  private final TransactionSettings settings;
  private final Clock clock;
  private final NewProducerIds ids;
  private final Deadlines<TransactionMachine> deadlines;
  private final Map<String, Transaction> transactions = new LinkedHashMap<>();

  /** The epoch before the last bump, of producers that asked for that bump themselves. */
  private final Map<String, Short> lastEpochs = new HashMap<>();

  private final Completions completions;
  private final Expiry expiry;
  private boolean live;

  /**
   * What it works with.
   *
   * @param coordinatorEpoch leader epoch of the partition
   */
  record Parts(
      TransactionSettings settings,
      Clock clock,
      NewProducerIds ids,
      Markers markers,
      int coordinatorEpoch) {}

  TransactionMachine(Parts parts, Deadlines<TransactionMachine> deadlines) {
    this.settings = parts.settings();
    this.clock = parts.clock();
    this.ids = parts.ids();
    this.deadlines = deadlines;
    this.completions =
        new Completions(parts.clock(), deadlines, parts.markers(), parts.coordinatorEpoch());
    this.expiry = new Expiry(this, deadlines);
  }

  TransactionSettings settings() {
    return settings;
  }

  Clock clock() {
    return clock;
  }

  @Nullable Transaction find(String id) {
    return transactions.get(id);
  }

  Collection<Transaction> all() {
    return transactions.values();
  }

  /** What of a prepared transaction has no marker yet. */
  List<PartitionName> unmarked(Transaction transaction) {
    return transaction.state().isPrepared()
        ? completions.remaining(transaction.id())
        : List.copyOf(transaction.partitions());
  }

  short lastEpoch(String id) {
    return lastEpochs.getOrDefault(id, ProducerIdentity.NO_EPOCH);
  }

  /** Notes which epoch a repetition of the request that was just answered may carry. */
  void lastEpoch(String id, short epoch) {
    if (epoch == ProducerIdentity.NO_EPOCH) {
      lastEpochs.remove(id);
    } else {
      lastEpochs.put(id, epoch);
    }
  }

  /** Gets {@code command} a producer id, and has it decided again. */
  void withProducerId(String id, Command<TransactionMachine> command, NewProducerIds.Answer keep) {
    ids.next((error, producerId) -> {
      keep.take(error, producerId);
      deadlines.submit(id, command);
    });
  }

  /** Has {@code command} decided again when the transaction is complete, or refused. */
  void whenComplete(String id, Command<TransactionMachine> command) {
    completions.await(id, command, settings.busyWaitMs());
  }

  @Override
  public void apply(CoordinatorLog.Entry entry) {
    if (!(entry instanceof CoordinatorLog.Entry.Stored stored)) {
      return;
    }
    String id = TransactionRecords.readKey(stored.record().key());
    if (id == null) {
      return;
    }
    if (stored.record().value() == null) {
      transactions.remove(id);
      lastEpochs.remove(id);
      return;
    }
    Transaction transaction = TransactionRecords.readValue(id, stored.record().value());
    transactions.put(id, transaction);
    if (live) {
      follow(transaction);
    }
  }

  private void follow(Transaction transaction) {
    expiry.follow(transaction);
    if (transaction.state().isPrepared()) {
      completions.begin(transaction);
    } else {
      completions.end(transaction.id());
    }
  }

  @Override
  public void loaded() {
    live = true;
    transactions.values().forEach(this::follow);
    expiry.start();
  }

  @Override
  public void unloaded(ErrorCode error) {
    live = false;
    expiry.stop();
    completions.stop(error);
    transactions.clear();
    lastEpochs.clear();
  }

  /** A write that nobody waits for: when it fails, the next check finds the same. */
  static Decision write(Transaction next) {
    return Decision.write(List.of(TransactionRecords.of(next)), _ -> {});
  }
}
