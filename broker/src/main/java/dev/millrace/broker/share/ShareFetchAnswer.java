package dev.millrace.broker.share;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.broker.Call;
import dev.millrace.broker.Leaders;
import dev.millrace.broker.Node;
import dev.millrace.broker.share.SharePass.Outcome;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.RecordBytes;
import dev.millrace.wire.message.ShareFetchResponse;
import dev.millrace.wire.message.ShareFetchResponse.AcquiredRecords;
import dev.millrace.wire.message.ShareFetchResponse.LeaderIdAndEpoch;
import dev.millrace.wire.message.ShareFetchResponse.NodeEndpoint;
import dev.millrace.wire.message.ShareFetchResponse.PartitionData;
import dev.millrace.wire.message.ShareFetchResponse.ShareFetchableTopicResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Puts the answer to a share fetch together: its acknowledgements settle and its records come at
 * different times, on different threads. Partitions without news are left out. Safe for any thread.
 */
final class ShareFetchAnswer {
  private final Call call;
  private final Node node;
  private final ShareSession session;
  private final int lockMs;
  private final boolean first;
  private final Map<Place, SharedPartition.Result> acknowledged = new TreeMap<>();
  private @Nullable List<Outcome> fetched;
  private @Nullable Runnable afterwards;
  private int missing;
  private boolean given;

  /**
   * @param first whether it is the session's first, which tells of every partition
   */
  ShareFetchAnswer(Call call, Node node, ShareSession session, int lockMs, boolean first) {
    this.call = call;
    this.node = node;
    this.session = session;
    this.lockMs = lockMs;
    this.first = first;
  }

  /** So many partitions' acknowledgements are to come. */
  synchronized void expect(int acknowledgements) {
    missing = acknowledgements;
  }

  /** Runs {@code task} before the answer leaves, when nothing is to be acknowledged any more. */
  synchronized void whenAcknowledged(Runnable task) {
    afterwards = task;
  }

  void acknowledged(Place place, SharedPartition.Result result) {
    synchronized (this) {
      acknowledged.put(place, result);
      missing--;
    }
    giveIfWhole();
  }

  void fetched(List<Outcome> outcomes) {
    synchronized (this) {
      fetched = outcomes;
    }
    giveIfWhole();
  }

  private void giveIfWhole() {
    Runnable task;
    List<Outcome> outcomes;
    synchronized (this) {
      outcomes = fetched;
      if (given || outcomes == null || missing > 0) {
        return;
      }
      given = true;
      task = afterwards;
    }
    if (task != null) {
      task.run();
    }
    call.answer(response(outcomes));
  }

  private ShareFetchResponse response(List<Outcome> outcomes) {
    Map<Place, PartitionData.Builder> partitions = new LinkedHashMap<>();
    Leaders leaders = new Leaders(node, call);
    for (Outcome outcome : outcomes) {
      session.isFirstTold(outcome.place());
      PartitionData.Builder data = partition(partitions, outcome.place());
      fill(data, outcome);
      tellLeader(data, leaders, outcome.place(), outcome.result());
    }
    for (Place place : session.places()) {
      if (session.isFirstTold(place) || first) {
        partition(partitions, place);
      }
    }
    acknowledged.forEach((place, result) -> {
      PartitionData.Builder data = partition(partitions, place);
      data.acknowledgeErrorCode(result.error()).acknowledgeErrorMessage(result.message());
      tellLeader(data, leaders, place, result);
    });
    return ShareFetchResponse.builder()
        .acquisitionLockTimeoutMs(lockMs)
        .responses(topics(partitions))
        .nodeEndpoints(leaders.endpoints(NodeEndpoint::new))
        .build();
  }

  private static PartitionData.Builder partition(
      Map<Place, PartitionData.Builder> partitions, Place place) {
    return partitions.computeIfAbsent(
        place,
        _ -> PartitionData.builder().partitionIndex(place.index()).records(RecordBytes.EMPTY));
  }

  /**
   * Apache's share consumer gives up for good on a partition's code that it does not expect; that
   * the partition is led elsewhere makes it look again, which is right while its state is not to be
   * had.
   */
  private static ErrorCode forReaders(ErrorCode error) {
    return error == ErrorCode.COORDINATOR_NOT_AVAILABLE ? ErrorCode.NOT_LEADER_OR_FOLLOWER : error;
  }

  private static void fill(PartitionData.Builder data, Outcome outcome) {
    data.errorCode(forReaders(outcome.result().error()))
        .errorMessage(outcome.result().message())
        .records(outcome.bytes())
        .acquiredRecords(
            outcome.acquired().stream()
                .map(run ->
                    new AcquiredRecords(run.first(), run.last(), (short) run.deliveryCount()))
                .toList());
  }

  private static void tellLeader(
      PartitionData.Builder data, Leaders leaders, Place place, SharedPartition.Result result) {
    PartitionImage elsewhere = leaders.after(result.error(), place.topicId(), place.index());
    if (elsewhere != null) {
      data.currentLeader(new LeaderIdAndEpoch(elsewhere.leader(), elsewhere.leaderEpoch()));
    }
  }

  private static List<ShareFetchableTopicResponse> topics(
      Map<Place, PartitionData.Builder> partitions) {
    Map<Uuid, List<PartitionData>> byTopic = new LinkedHashMap<>();
    partitions.forEach((place, data) ->
        byTopic.computeIfAbsent(place.topicId(), _ -> new ArrayList<>()).add(data.build()));
    List<ShareFetchableTopicResponse> topics = new ArrayList<>();
    byTopic.forEach((id, ofTopic) -> topics.add(new ShareFetchableTopicResponse(id, ofTopic)));
    return topics;
  }
}
