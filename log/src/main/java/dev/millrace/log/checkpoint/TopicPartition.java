package dev.millrace.log.checkpoint;

import org.jspecify.annotations.Nullable;

/**
 * A partition by the name of its topic. As a directory it is called {@code topic-partition}.
 *
 * @param partition from 0 on
 */
public record TopicPartition(String topic, int partition) implements Comparable<TopicPartition> {
  /** Longest name of a topic, characters; with the partition and a suffix it is a file name. */
  public static final int TOPIC_LENGTH_MAX = 249;

  public TopicPartition {
    if (partition < 0) {
      throw new IllegalArgumentException("partition is negative, partition=" + partition);
    }
  }

  /** The partition whose directory has this name, or null when none can have it. */
  public static @Nullable TopicPartition ofDirectory(String name) {
    int dash = name.lastIndexOf('-');
    String digits = name.substring(dash + 1);
    if (dash <= 0 || dash > TOPIC_LENGTH_MAX || !digits.matches("0|[1-9][0-9]{0,9}")) {
      return null;
    }
    long partition = Long.parseLong(digits);
    boolean plain = name.chars().limit(dash).allMatch(TopicPartition::isPlain);
    return plain && partition <= Integer.MAX_VALUE
        ? new TopicPartition(name.substring(0, dash), (int) partition)
        : null;
  }

  // Both are written out, because those that the JDK makes for a record at their first use cost a
  // start tens of milliseconds.
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TopicPartition it
        && partition == it.partition
        && topic.equals(it.topic);
  }

  @Override
  public int hashCode() {
    return 31 * topic.hashCode() + partition;
  }

  @Override
  public int compareTo(TopicPartition other) {
    int byTopic = topic.compareTo(other.topic);
    return byTopic != 0 ? byTopic : Integer.compare(partition, other.partition);
  }

  @Override
  public String toString() {
    return topic + "-" + partition;
  }

  private static boolean isPlain(int c) {
    return c == '.' || c == '_' || c == '-' || (c < 128 && Character.isLetterOrDigit(c));
  }
}
