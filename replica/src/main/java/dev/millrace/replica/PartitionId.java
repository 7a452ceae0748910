package dev.millrace.replica;

import dev.millrace.base.bytes.Uuid;

/**
 * Which partition: a topic's name is free again when the topic is deleted, its id never is.
 *
 * @param index from zero
 */
public record PartitionId(String topic, Uuid topicId, int index) {
  @Override
  public String toString() {
    return topic + "-" + index;
  }
}
