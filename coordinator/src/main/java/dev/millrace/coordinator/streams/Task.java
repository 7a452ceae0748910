package dev.millrace.coordinator.streams;

/**
 * A piece of a streams application's work: one partition of one of its subtopologies.
 *
 * @param subtopology its id in the topology
 * @param partition of the subtopology's input topics
 */
public record Task(String subtopology, int partition) implements Comparable<Task> {
  @Override
  public int compareTo(Task other) {
    int order = subtopology.compareTo(other.subtopology);
    return order == 0 ? Integer.compare(partition, other.partition) : order;
  }
}
