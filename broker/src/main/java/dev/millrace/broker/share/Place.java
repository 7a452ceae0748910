package dev.millrace.broker.share;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.coordinator.share.ShareKey;

/** A partition as clients name it. Comparable, so that ids chosen to collide do no harm. */
record Place(Uuid topicId, int index) implements Comparable<Place> {
  ShareKey of(String groupId) {
    return new ShareKey(groupId, topicId, index);
  }

  @Override
  public int compareTo(Place other) {
    int byTopic = topicId.compareTo(other.topicId);
    return byTopic != 0 ? byTopic : Integer.compare(index, other.index);
  }
}
