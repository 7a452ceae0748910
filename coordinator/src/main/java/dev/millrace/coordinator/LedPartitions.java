package dev.millrace.coordinator;

import dev.millrace.wire.ErrorCode;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The partitions of an internal topic that this node leads, each with its owner. Safe for any
 * thread.
 *
 * @param <S> the state machine
 */
public final class LedPartitions<S extends StateMachine> {
  private final ConcurrentMap<Integer, Led<S>> led = new ConcurrentSkipListMap<>();

  private record Led<S extends StateMachine>(
      int leaderEpoch, PartitionCoordinator<S> coordinator) {}

  /** Nothing is led. */
  public LedPartitions() {}

  /** The partition that a key hashes to, as Kafka does it. */
  public static int partitionOf(String key, int partitionCount) {
    int hash = key.hashCode();
    return (hash == Integer.MIN_VALUE ? 0 : Math.abs(hash)) % partitionCount;
  }

  /** This node leads a partition: the coordinator is made and loads, unless the news is old. */
  public void elected(
      int partition, int leaderEpoch, Supplier<PartitionCoordinator<S>> coordinator) {
    led.compute(
        partition,
        (_, before) -> {
          if (before != null && before.leaderEpoch() >= leaderEpoch) {
            return before;
          }
          if (before != null) {
            before.coordinator().close(ErrorCode.NOT_COORDINATOR);
          }
          PartitionCoordinator<S> next = coordinator.get();
          next.load();
          return new Led<>(leaderEpoch, next);
        });
  }

  /** This node no longer leads a partition, since before {@code leaderEpoch}. */
  public void resigned(int partition, int leaderEpoch) {
    led.computeIfPresent(
        partition,
        (_, before) -> {
          if (before.leaderEpoch() > leaderEpoch) {
            return before;
          }
          before.coordinator().close(ErrorCode.NOT_COORDINATOR);
          return null;
        });
  }

  /** Gives up all partitions. */
  public void close() {
    for (int partition : List.copyOf(led.keySet())) {
      resigned(partition, Integer.MAX_VALUE);
    }
  }

  /** Whether this node leads a partition, loaded or not. */
  public boolean contains(int partition) {
    return led.containsKey(partition);
  }

  /** Calls {@code ready} when a partition is loaded, or with the error why this node has it not. */
  public void whenLoaded(int partition, Consumer<ErrorCode> ready) {
    PartitionCoordinator<S> here = find(partition);
    if (here == null) {
      ready.accept(ErrorCode.NOT_COORDINATOR);
    } else {
      here.whenLoaded(ready);
    }
  }

  /** Has {@code command} decided by the owner of a partition, or refused. */
  public void submit(int partition, String lane, Command<S> command) {
    PartitionCoordinator<S> here = find(partition);
    if (here == null) {
      command.refuse(ErrorCode.NOT_COORDINATOR);
    } else {
      here.submit(lane, command);
    }
  }

  /** Calls {@code reader} with the committed state of a partition, or {@code refused}. */
  public void read(int partition, Consumer<S> reader, Consumer<ErrorCode> refused) {
    PartitionCoordinator<S> here = find(partition);
    if (here == null) {
      refused.accept(ErrorCode.NOT_COORDINATOR);
    } else {
      here.read(reader, refused);
    }
  }

  /** All of them, in the order of their partitions. */
  public Collection<PartitionCoordinator<S>> all() {
    return led.values().stream().map(Led::coordinator).toList();
  }

  private @Nullable PartitionCoordinator<S> find(int partition) {
    Led<S> here = led.get(partition);
    return here == null ? null : here.coordinator();
  }
}
