package dev.millrace.replica.follow;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.replica.FollowerFetch;
import dev.millrace.replica.Following;
import dev.millrace.replica.Following.Position;
import dev.millrace.wire.message.FetchRequest.FetchPartition;
import org.jspecify.annotations.Nullable;

/** One partition in a fetcher's round. Belongs to the fetchers' owner. */
final class Copy {
  final Following following;

  /** Whether it may be asked for: nothing is being done to its log, and it is not in a pause. */
  boolean isReady;

  /** Whether the leader's session has it. */
  boolean inSession;

  /** Where the leader's log begins; the own follows when the partition is ready. */
  volatile long leaderStartOffset = -1;

  private @Nullable FetchPartition asked;
  private long askedIn;
  private int failures;

  Copy(Following following) {
    this.following = following;
  }

  CopyKey key() {
    return CopyKey.of(following);
  }

  /**
   * What it asks for now; null when the session knows that already.
   *
   * @param request number of the request that asks
   */
  @Nullable FetchPartition question(int bytesMax, long request) {
    Position at = following.position();
    FetchPartition next =
        FetchPartition.builder()
            .partition(following.id().index())
            .currentLeaderEpoch(following.leaderEpoch())
            .fetchOffset(at.endOffset())
            .lastFetchedEpoch(at.lastEpoch())
            .logStartOffset(at.logStartOffset())
            .partitionMaxBytes(bytesMax)
            .replicaDirectoryId(following.hasNoRoom() ? FollowerFetch.NO_ROOM : Uuid.ZERO)
            .build();
    if (inSession && next.equals(asked)) {
      return null;
    }
    asked = next;
    askedIn = request;
    inSession = true;
    return next;
  }

  /**
   * Whether the answer to a request is about the log as it is now. Two requests may be on their way
   * in a session: what the second one is answered was looked up before the first one's answer
   * changed the log.
   */
  boolean isAnsweredBy(long request) {
    Position at = following.position();
    return asked != null
        && askedIn <= request
        && asked.fetchOffset() == at.endOffset()
        && asked.lastFetchedEpoch() == at.lastEpoch();
  }

  /** A step went well. */
  void succeeded() {
    failures = 0;
  }

  /** Whether the step before went well. */
  boolean isFirstFailure() {
    return failures == 0;
  }

  /** How long to pause after one more failure, ms. */
  int pauseMs(int pauseMsMax) {
    failures++;
    return Pauses.ms(failures, pauseMsMax);
  }
}
