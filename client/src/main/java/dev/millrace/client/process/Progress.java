package dev.millrace.client.process;

import dev.millrace.client.TopicPartition;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What of each partition is in work, and what may be committed: the offset below which everything
 * is done. Records of a partition begin in the order of their offsets and end in any. Belongs to
 * one owner.
 */
final class Progress {
  private final Map<TopicPartition, Work> partitions = new HashMap<>();
  private int inWork;

  /** One partition. */
  private static final class Work {
    final TreeSet<Long> begun = new TreeSet<>();
    long next = -1;
    long committed = -1;

    /** Everything below is done; -1 when nothing was begun. */
    long done() {
      return begun.isEmpty() ? next : begun.first();
    }
  }

  void begin(TopicPartition partition, long offset) {
    Work work = partitions.computeIfAbsent(partition, any -> new Work());
    work.begun.add(offset);
    work.next = offset + 1;
    inWork++;
  }

  /** A record of a partition that was forgotten meanwhile does not count. */
  void end(TopicPartition partition, long offset) {
    Work work = partitions.get(partition);
    if (work != null && work.begun.remove(offset)) {
      inWork--;
    }
  }

  int inWork() {
    return inWork;
  }

  boolean isIdle(Collection<TopicPartition> of) {
    return of.stream()
        .allMatch(partition -> {
          Work work = partitions.get(partition);
          return work == null || work.begun.isEmpty();
        });
  }

  /** Offsets that have moved since they were committed last. */
  Map<TopicPartition, Long> committable() {
    Map<TopicPartition, Long> offsets = new TreeMap<>();
    partitions.forEach((partition, work) -> {
      if (work.done() > work.committed) {
        offsets.put(partition, work.done());
      }
    });
    return offsets;
  }

  void committed(Map<TopicPartition, Long> offsets) {
    offsets.forEach((partition, offset) -> {
      Work work = partitions.get(partition);
      if (work != null) {
        work.committed = Math.max(work.committed, offset);
      }
    });
  }

  void forget(Collection<TopicPartition> gone) {
    for (TopicPartition partition : gone) {
      Work work = partitions.remove(partition);
      if (work != null) {
        inWork -= work.begun.size();
      }
    }
  }
}
