package dev.millrace.coordinator.streams;

import java.util.Map;

/**
 * A topic that the group itself needs: one through which records are repartitioned, or one that
 * holds the changes of a state.
 *
 * @param partitions as many as the topics that it goes with have
 * @param replicationFactor copies; {@link #DEFAULT} for the broker's own number
 * @param configs settings that the application asks for
 */
public record InternalTopic(
    String name, int partitions, int replicationFactor, Map<String, String> configs) {
  public static final int DEFAULT = -1;
}
