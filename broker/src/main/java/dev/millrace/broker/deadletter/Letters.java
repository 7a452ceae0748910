package dev.millrace.broker.deadletter;

import dev.millrace.replica.Partition;
import dev.millrace.replica.share.DeadLetters;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Dead letters of a share partition.
 *
 * @param source where the records lie
 * @param topic its name
 * @param runs in order, apart, not empty
 */
public record Letters(String groupId, Partition source, String topic, List<DeadLetters> runs) {
  /** The number of the partition that they come from. */
  int partition() {
    return source.id().index();
  }

  /** A place among them: the number of a run, and an offset in it. */
  record At(int run, long offset) {}

  /** The first of them. */
  At first() {
    return new At(0, runs.getFirst().first());
  }

  /** The next after one of them, or null. */
  @Nullable At after(At at) {
    if (at.offset() < runs.get(at.run()).last()) {
      return new At(at.run(), at.offset() + 1);
    }
    int next = at.run() + 1;
    return next < runs.size() ? new At(next, runs.get(next).first()) : null;
  }

  /** The run of a place. */
  DeadLetters run(At at) {
    return runs.get(at.run());
  }

  /** The offset of the last of them. */
  long last() {
    return runs.getLast().last();
  }

  /** How many. */
  long count() {
    return runs.stream().mapToLong(run -> run.last() - run.first() + 1).sum();
  }
}
