package dev.millrace.broker.share;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.broker.Leaders;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.ShareAcknowledgeRequest;
import dev.millrace.wire.message.ShareAcknowledgeRequest.AcknowledgePartition;
import dev.millrace.wire.message.ShareAcknowledgeRequest.AcknowledgeTopic;
import dev.millrace.wire.message.ShareAcknowledgeRequest.AcknowledgementBatch;
import dev.millrace.wire.message.ShareAcknowledgeResponse;
import dev.millrace.wire.message.ShareAcknowledgeResponse.LeaderIdAndEpoch;
import dev.millrace.wire.message.ShareAcknowledgeResponse.NodeEndpoint;
import dev.millrace.wire.message.ShareAcknowledgeResponse.PartitionData;
import dev.millrace.wire.message.ShareAcknowledgeResponse.ShareAcknowledgeTopicResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * ShareAcknowledge (79), versions 1 and 2: a member of a share group acknowledges what it has
 * (KIP-932). The answer leaves when that is saved. The last request of a session gives back what
 * the member has not acknowledged.
 *
 * <ul>
 *   <li>2: renewed locks (KIP-1222).
 * </ul>
 */
final class ShareAcknowledgeHandler implements Handler<ShareAcknowledgeRequest> {
  private final ShareAccess access;
  private final ShareSessions sessions;
  private final SharedPartitions shared;

  ShareAcknowledgeHandler(ShareAccess access, ShareSessions sessions, SharedPartitions shared) {
    this.access = access;
    this.sessions = sessions;
    this.shared = shared;
  }

  @Override
  public ApiKey key() {
    return ApiKey.SHARE_ACKNOWLEDGE;
  }

  @Override
  public void handle(Call call, ShareAcknowledgeRequest request) {
    ErrorCode refusal = access.refusal(request.groupId(), request.memberId());
    if (refusal == ErrorCode.NONE && request.shareSessionEpoch() == ShareSession.INITIAL) {
      refusal = ErrorCode.INVALID_SHARE_SESSION_EPOCH;
    }
    if (refusal != ErrorCode.NONE) {
      refuse(call, refusal);
      return;
    }
    ShareSession.Id id =
        new ShareSession.Id(
            Objects.requireNonNull(request.groupId()), Objects.requireNonNull(request.memberId()));
    ShareSessions.Found found = sessions.next(id, request.shareSessionEpoch());
    ShareSession session = found.session();
    if (session == null) {
      refuse(call, found.error());
      return;
    }
    List<AckBatches> acks = acknowledgements(request);
    Gathering.<AckBatches, AckBatches, Settled>of(
        acks,
        List::of,
        (_, one, answer) ->
            one.apply(session, shared, result -> answer.accept(new Settled(one.place(), result))),
        settled -> finish(call, request, session, settled));
  }

  private record Settled(Place place, SharedPartition.Result result) {}

  private void finish(
      Call call,
      ShareAcknowledgeRequest request,
      ShareSession session,
      List<List<Settled>> settled) {
    if (request.shareSessionEpoch() == ShareSession.FINAL) {
      sessions.end(session);
    }
    Map<Uuid, List<PartitionData>> topics = new LinkedHashMap<>();
    Leaders leaders = new Leaders(access.node(), call);
    for (List<Settled> each : settled) {
      Settled one = each.getFirst();
      topics
          .computeIfAbsent(one.place().topicId(), _ -> new ArrayList<>())
          .add(partition(one, leaders));
    }
    List<ShareAcknowledgeTopicResponse> responses = new ArrayList<>();
    topics.forEach((id, data) -> responses.add(new ShareAcknowledgeTopicResponse(id, data)));
    call.answer(
        ShareAcknowledgeResponse.builder()
            .acquisitionLockTimeoutMs(
                shared.parts().rules().of(session.id().groupId()).limits().lockMs())
            .responses(responses)
            .nodeEndpoints(leaders.endpoints(NodeEndpoint::new))
            .build());
  }

  private static PartitionData partition(Settled one, Leaders leaders) {
    PartitionData.Builder data =
        PartitionData.builder()
            .partitionIndex(one.place().index())
            .errorCode(one.result().error())
            .errorMessage(one.result().message());
    PartitionImage elsewhere =
        leaders.after(one.result().error(), one.place().topicId(), one.place().index());
    return elsewhere == null
        ? data.build()
        : data.currentLeader(new LeaderIdAndEpoch(elsewhere.leader(), elsewhere.leaderEpoch()))
            .build();
  }

  private static void refuse(Call call, ErrorCode error) {
    call.answer(
        ShareAcknowledgeResponse.builder()
            .errorCode(error)
            .errorMessage(ShareAccess.message(error))
            .build());
  }

  private static List<AckBatches> acknowledgements(ShareAcknowledgeRequest request) {
    TreeMap<Place, AckBatches.Builder> builders = new TreeMap<>();
    for (AcknowledgeTopic topic : request.topics()) {
      for (AcknowledgePartition partition : topic.partitions()) {
        AckBatches.Builder builder =
            builders.computeIfAbsent(
                new Place(topic.topicId(), partition.partitionIndex()),
                place -> new AckBatches.Builder(place, request.isRenewAck()));
        for (AcknowledgementBatch batch : partition.acknowledgementBatches()) {
          builder.add(batch.firstOffset(), batch.lastOffset(), batch.acknowledgeTypes());
        }
      }
    }
    return builders.values().stream().map(AckBatches.Builder::build).toList();
  }
}
