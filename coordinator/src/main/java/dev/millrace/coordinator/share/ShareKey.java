package dev.millrace.coordinator.share;

import dev.millrace.base.bytes.Uuid;

/** A partition as one share group reads it. */
public record ShareKey(String groupId, Uuid topicId, int partition) {
  /** The text that decides where its state lives, which FindCoordinator asks with. */
  @Override
  public String toString() {
    return groupId + ":" + topicId + ":" + partition;
  }
}
