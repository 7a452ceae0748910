package dev.millrace.raft;

import dev.millrace.quorum.log.MetadataLog;
import dev.millrace.quorum.log.MetadataLog.SnapshotId;
import dev.millrace.wire.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a log told, for a test that waits for it. */
final class Heard implements MetadataLog.Observer {
  private final Lock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final TreeMap<Long, Message> records = new TreeMap<>();
  private final List<Message> fromSnapshot = new ArrayList<>();
  private final List<RuntimeException> failures = new ArrayList<>();
  private int snapshots;
  private int leader = -1;
  private int epoch;
  private long nextOffset;
  private @Nullable String wrong;

  @Override
  public void onSnapshot(SnapshotId end, Stream<Message> told) {
    change(() -> {
      records.clear();
      fromSnapshot.clear();
      told.forEach(fromSnapshot::add);
      snapshots++;
    });
  }

  @Override
  public void onCommit(long baseOffset, int itsEpoch, List<Message> told) {
    change(() -> {
      if (!records.isEmpty() && baseOffset <= records.lastKey()) {
        wrong = "offset went back, offset=" + baseOffset;
      }
      for (int i = 0; i < told.size(); i++) {
        records.put(baseOffset + i, told.get(i));
      }
    });
  }

  @Override
  public void onLeaderChange(int newLeader, int newEpoch, long next) {
    change(() -> {
      if (newEpoch < epoch) {
        wrong = "epoch went back, epoch=" + newEpoch;
      }
      leader = newLeader;
      epoch = newEpoch;
      nextOffset = next;
    });
  }

  @Override
  public void onFailure(RuntimeException cause) {
    change(() -> failures.add(cause));
  }

  private void change(Runnable change) {
    lock.lock();
    try {
      change.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  void await(String what, BooleanSupplier condition) {
    lock.lock();
    try {
      long left = TimeUnit.SECONDS.toNanos(VoterNode.WAIT_S);
      while (!condition.getAsBoolean()) {
        if (left <= 0 || wrong != null || !failures.isEmpty()) {
          AssertionError error = new AssertionError("did not happen: " + what + ", heard=" + this);
          failures.forEach(error::addSuppressed);
          throw error;
        }
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    } finally {
      lock.unlock();
    }
  }

  /** Waits for a leader of an epoch after this one. */
  int awaitLeader(int afterEpoch) {
    await("a leader after epoch " + afterEpoch, () -> leader >= 0 && epoch > afterEpoch);
    return leader();
  }

  void awaitRecord(Message record) {
    await("commit of " + record, () -> records.containsValue(record));
  }

  RuntimeException awaitFailure() {
    lock.lock();
    try {
      for (long left = TimeUnit.SECONDS.toNanos(VoterNode.WAIT_S); failures.isEmpty(); ) {
        if (left <= 0) {
          throw new AssertionError("no failure came, heard=" + this);
        }
        left = changed.awaitNanos(left);
      }
      return failures.getFirst();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    } finally {
      lock.unlock();
    }
  }

  int leader() {
    lock.lock();
    try {
      return leader;
    } finally {
      lock.unlock();
    }
  }

  int epoch() {
    lock.lock();
    try {
      return epoch;
    } finally {
      lock.unlock();
    }
  }

  long nextOffset() {
    return nextOffset;
  }

  int snapshots() {
    return snapshots;
  }

  List<Message> fromSnapshot() {
    lock.lock();
    try {
      return List.copyOf(fromSnapshot);
    } finally {
      lock.unlock();
    }
  }

  Map<Long, Message> records() {
    lock.lock();
    try {
      return new TreeMap<>(records);
    } finally {
      lock.unlock();
    }
  }

  List<RuntimeException> failures() {
    return List.copyOf(failures);
  }

  @Nullable String wrong() {
    return wrong;
  }

  @Override
  public String toString() {
    return "leader="
        + leader
        + " epoch="
        + epoch
        + " records="
        + records.size()
        + " snapshots="
        + snapshots
        + " failures="
        + failures
        + " wrong="
        + wrong;
  }
}
