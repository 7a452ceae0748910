package dev.millrace.replica.follow;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.replica.Following;

/** Names a partition among those of one fetcher. */
record CopyKey(Uuid topicId, int index) {
  static CopyKey of(Following following) {
    return new CopyKey(following.id().topicId(), following.id().index());
  }
}
