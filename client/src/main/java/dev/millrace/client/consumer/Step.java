package dev.millrace.client.consumer;

import dev.millrace.client.TopicPartition;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * From the partitions that a member has to those that it is to have.
 *
 * @param leaving what it gives up first
 * @param coming what it takes then
 */
record Step(List<TopicPartition> leaving, List<TopicPartition> coming) {
  static Step between(Set<TopicPartition> owned, Collection<TopicPartition> wanted) {
    return new Step(
        owned.stream().filter(partition -> !wanted.contains(partition)).toList(),
        wanted.stream().filter(partition -> !owned.contains(partition)).toList());
  }

  boolean givesUp() {
    return !leaving.isEmpty();
  }

  /** Whether it is there already. */
  boolean isNone() {
    return leaving.isEmpty() && coming.isEmpty();
  }

  /** Has {@code then} run once everything that leaves is given up; at once when nothing does. */
  void giveUp(Membership.Host host, Runnable then) {
    if (givesUp()) {
      host.revoke(leaving, then);
    } else {
      then.run();
    }
  }
}
