package dev.millrace.coordinator.transaction;

import java.util.Comparator;

/** A partition by the name of its topic. */
public record PartitionName(String topic, int partition) implements Comparable<PartitionName> {
  private static final Comparator<PartitionName> ORDER =
      Comparator.comparing(PartitionName::topic).thenComparingInt(PartitionName::partition);

  @Override
  public int compareTo(PartitionName other) {
    return ORDER.compare(this, other);
  }
}
