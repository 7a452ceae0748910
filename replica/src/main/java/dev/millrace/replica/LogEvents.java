package dev.millrace.replica;

import dev.millrace.base.disk.DiskException;
import dev.millrace.log.DurableListener;
import dev.millrace.log.PartitionLog;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Takes what log directories have to tell to the partitions that it concerns. Made before the
 * directories are opened, since a directory needs somebody to talk to. Safe for any thread.
 */
public final class LogEvents implements DurableListener {
  private final Map<PartitionLog, Partition> partitions = new ConcurrentHashMap<>();
  private volatile Runnable whenOffline = () -> {};
  private volatile Consumer<Partition> whenDamaged = partition -> {};

  /** Nobody listens yet. */
  public LogEvents() {}

  /** Logs of other owners in the same directory are none of its business. */
  @Override
  public void onDurable(PartitionLog log, long durableEnd) {
    Partition partition = partitions.get(log);
    if (partition != null) {
      partition.role().durable();
    }
  }

  /** Hands over to whoever is told by {@link #whenDamaged}. */
  @Override
  public void onDamaged(PartitionLog log) {
    Partition partition = partitions.get(log);
    if (partition != null) {
      whenDamaged.accept(partition);
    }
  }

  /** A directory went offline. Called with locks held: it hands over and returns. */
  public void onOffline(DiskException fault) {
    whenOffline.run();
  }

  void add(Partition partition) {
    partitions.put(partition.log(), partition);
  }

  /** The partition goes on with another log. */
  void moved(Partition partition, PartitionLog before) {
    partitions.put(partition.log(), partition);
    partitions.remove(before);
  }

  void remove(Partition partition) {
    partitions.remove(partition.log());
  }

  /** Has {@code task} run at each directory that goes offline; it must not take a lock. */
  void whenOffline(Runnable task) {
    whenOffline = task;
  }

  /** Has {@code task} run at each copy that is found damaged; it must not take a lock. */
  void whenDamaged(Consumer<Partition> task) {
    whenDamaged = task;
  }
}
