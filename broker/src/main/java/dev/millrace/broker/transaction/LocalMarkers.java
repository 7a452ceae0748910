package dev.millrace.broker.transaction;

import dev.millrace.base.time.Clock;
import dev.millrace.broker.coordinator.MarkerBatch;
import dev.millrace.coordinator.InTransaction;
import dev.millrace.coordinator.group.GroupCoordinator;
import dev.millrace.coordinator.transaction.Markers;
import dev.millrace.coordinator.transaction.PartitionName;
import dev.millrace.log.AppendOrigin;
import dev.millrace.replica.AppendOutcome;
import dev.millrace.replica.Partition;
import dev.millrace.replica.Partitions;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.records.RecordBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;

/**
 * Writes the ends of transactions to the partitions that this node leads. Where groups live, their
 * coordinator writes them, in the order of its own records. Safe for any thread.
 */
final class LocalMarkers implements Markers {
  private final Partitions partitions;
  private final GroupCoordinator groups;
  private final Clock clock;

  LocalMarkers(Partitions partitions, GroupCoordinator groups, Clock clock) {
    this.partitions = partitions;
    this.groups = groups;
    this.clock = clock;
  }

  @Override
  public void write(Marker marker, List<PartitionName> to, Consumer<List<ErrorCode>> answers) {
    AtomicReferenceArray<ErrorCode> errors = new AtomicReferenceArray<>(to.size());
    AtomicInteger open = new AtomicInteger(to.size() + 1);
    Runnable done =
        () -> {
          if (open.decrementAndGet() == 0) {
            answers.accept(list(errors));
          }
        };
    InTransaction.End end =
        new InTransaction.End(
            marker.producer().id(),
            marker.producer().epoch(),
            marker.commit(),
            marker.coordinatorEpoch(),
            marker.version() >= TransactionVersions.EPOCH_PER_TRANSACTION);
    for (int i = 0; i < to.size(); i++) {
      int index = i;
      write(
          end,
          to.get(i),
          error -> {
            errors.set(index, error);
            done.run();
          });
    }
    done.run();
  }

  private static List<ErrorCode> list(AtomicReferenceArray<ErrorCode> errors) {
    List<ErrorCode> all = new ArrayList<>(errors.length());
    for (int i = 0; i < errors.length(); i++) {
      all.add(errors.get(i));
    }
    return all;
  }

  private void write(InTransaction.End end, PartitionName to, Consumer<ErrorCode> answer) {
    Partition partition = partitions.find(to.topic(), to.partition());
    if (partition == null) {
      answer.accept(partitions.whyAbsent(to.topic(), to.partition()));
    } else if (to.topic().equals(GroupCoordinator.TOPIC)) {
      groups.endTransaction(to.partition(), end, answer);
    } else if (partition.isInternal()) {
      answer.accept(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    } else {
      append(end, partition, answer);
    }
  }

  private void append(InTransaction.End end, Partition partition, Consumer<ErrorCode> answer) {
    RecordBatch batch = RecordBatch.at(MarkerBatch.of(end, clock.wallMs()).build());
    AppendOrigin origin =
        end.bumped() ? AppendOrigin.BUMPING_COORDINATOR : AppendOrigin.COORDINATOR;
    switch (partition.append(batch, origin, true)) {
      case AppendOutcome.Refused refused -> answer.accept(refused.error());
      case AppendOutcome.Appended appended ->
          partition.whenCommitted(appended.endOffset(), answer::accept);
    }
  }
}
