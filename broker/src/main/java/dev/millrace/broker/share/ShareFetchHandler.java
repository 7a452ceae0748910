package dev.millrace.broker.share;

import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.net.Connection;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.ShareFetchRequest;
import dev.millrace.wire.message.ShareFetchRequest.AcknowledgementBatch;
import dev.millrace.wire.message.ShareFetchRequest.FetchPartition;
import dev.millrace.wire.message.ShareFetchRequest.FetchTopic;
import dev.millrace.wire.message.ShareFetchRequest.ForgottenTopic;
import dev.millrace.wire.message.ShareFetchResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;

/**
 * ShareFetch (78), versions 1 and 2: a member of a share group acknowledges what it has and gets
 * more (KIP-932).
 *
 * <p>Acknowledgements of a request are looked at before records are acquired; the answer leaves
 * when they are saved and records were acquired or the time is over. A request that closes its
 * session, or renews locks, gets no records.
 *
 * <ul>
 *   <li>2: at most so many records, exactly, when the client wants (KIP-1206); renewed locks
 *       (KIP-1222).
 * </ul>
 */
final class ShareFetchHandler implements Handler<ShareFetchRequest> {
  private final ShareAccess access;
  private final ShareSessions sessions;
  private final SharedPartitions shared;
  private final int bytesMax;

  /**
   * @param bytesMax most bytes of records in one answer ({@code fetch.max.bytes})
   */
  ShareFetchHandler(
      ShareAccess access, ShareSessions sessions, SharedPartitions shared, int bytesMax) {
    this.access = access;
    this.sessions = sessions;
    this.shared = shared;
    this.bytesMax = bytesMax;
  }

  @Override
  public ApiKey key() {
    return ApiKey.SHARE_FETCH;
  }

  @Override
  public void closed(Connection connection) {
    sessions.disconnected(connection.id());
  }

  @Override
  public void handle(Call call, ShareFetchRequest request) {
    List<AckBatches> acks = acknowledgements(request);
    ErrorCode refusal = refusal(request, acks);
    if (refusal != ErrorCode.NONE) {
      refuse(call, refusal);
      return;
    }
    ShareSession.Id id =
        new ShareSession.Id(
            Objects.requireNonNull(request.groupId()), Objects.requireNonNull(request.memberId()));
    boolean opens = request.shareSessionEpoch() == ShareSession.INITIAL;
    ShareSession session;
    if (opens) {
      session = sessions.open(id, call.connection().id());
    } else {
      ShareSessions.Found found = sessions.next(id, request.shareSessionEpoch());
      session = found.session();
      refusal = found.error();
    }
    if (session == null) {
      refuse(call, opens ? ErrorCode.SHARE_SESSION_LIMIT_REACHED : refusal);
      return;
    }
    if (!sessions.change(session, wanted(request), forgotten(request))) {
      refuse(call, ErrorCode.SHARE_SESSION_LIMIT_REACHED);
      return;
    }
    run(call, request, session, acks);
  }

  private void run(
      Call call, ShareFetchRequest request, ShareSession session, List<AckBatches> acks) {
    boolean closes = request.shareSessionEpoch() == ShareSession.FINAL;
    ShareFetchAnswer answer =
        new ShareFetchAnswer(
            call,
            access.node(),
            session,
            shared.parts().rules().of(session.id().groupId()).limits().lockMs(),
            request.shareSessionEpoch() == ShareSession.INITIAL);
    answer.expect(acks.size());
    for (AckBatches one : acks) {
      one.apply(session, shared, result -> answer.acknowledged(one.place(), result));
    }
    if (closes) {
      answer.whenAcknowledged(() -> sessions.end(session));
    }
    if (closes || request.isRenewAck()) {
      answer.fetched(List.of());
    } else {
      new ShareFetching(call, session, shared, FetchWish.of(request, bytesMax), answer::fetched)
          .begin();
    }
  }

  private ErrorCode refusal(ShareFetchRequest request, List<AckBatches> acks) {
    ErrorCode refusal = access.refusal(request.groupId(), request.memberId());
    if (refusal != ErrorCode.NONE) {
      return refusal;
    }
    boolean asksForRecords =
        request.maxWaitMs() != 0
            || request.minBytes() != 0
            || request.maxBytes() != 0
            || request.maxRecords() != 0;
    return (request.shareSessionEpoch() == ShareSession.INITIAL && !acks.isEmpty())
            || (request.isRenewAck() && asksForRecords)
        ? ErrorCode.INVALID_REQUEST
        : ErrorCode.NONE;
  }

  private static void refuse(Call call, ErrorCode error) {
    call.answer(
        ShareFetchResponse.builder()
            .errorCode(error)
            .errorMessage(ShareAccess.message(error))
            .build());
  }

  private static List<Place> wanted(ShareFetchRequest request) {
    List<Place> places = new ArrayList<>();
    for (FetchTopic topic : request.topics()) {
      for (FetchPartition partition : topic.partitions()) {
        places.add(new Place(topic.topicId(), partition.partitionIndex()));
      }
    }
    return places;
  }

  private static List<Place> forgotten(ShareFetchRequest request) {
    List<Place> places = new ArrayList<>();
    for (ForgottenTopic topic : request.forgottenTopicsData()) {
      for (int index : topic.partitions()) {
        places.add(new Place(topic.topicId(), index));
      }
    }
    return places;
  }

  private static List<AckBatches> acknowledgements(ShareFetchRequest request) {
    TreeMap<Place, AckBatches.Builder> builders = new TreeMap<>();
    for (FetchTopic topic : request.topics()) {
      for (FetchPartition partition : topic.partitions()) {
        for (AcknowledgementBatch batch : partition.acknowledgementBatches()) {
          builders
              .computeIfAbsent(
                  new Place(topic.topicId(), partition.partitionIndex()),
                  place -> new AckBatches.Builder(place, request.isRenewAck()))
              .add(batch.firstOffset(), batch.lastOffset(), batch.acknowledgeTypes());
        }
      }
    }
    return builders.values().stream().map(AckBatches.Builder::build).toList();
  }
}
