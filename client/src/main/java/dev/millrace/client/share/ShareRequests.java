package dev.millrace.client.share;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.client.TopicPartition;
import dev.millrace.net.call.Exchange.Question;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.ShareAcknowledgeRequest;
import dev.millrace.wire.message.ShareAcknowledgeRequest.AcknowledgePartition;
import dev.millrace.wire.message.ShareAcknowledgeRequest.AcknowledgeTopic;
import dev.millrace.wire.message.ShareAcknowledgeResponse;
import dev.millrace.wire.message.ShareFetchRequest;
import dev.millrace.wire.message.ShareFetchRequest.FetchPartition;
import dev.millrace.wire.message.ShareFetchRequest.FetchTopic;
import dev.millrace.wire.message.ShareFetchRequest.ForgottenTopic;
import dev.millrace.wire.message.ShareFetchResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What is asked within a share session. */
final class ShareRequests {
  /** From this version on locks can be renewed and records be limited exactly. */
  private static final int RENEWING = 2;

  private ShareRequests() {}

  /** Who asks, and for the which time in the session. */
  record Who(String group, String memberId, int epoch, int timeoutMs) {}

  /**
   * Acknowledges and asks for more.
   *
   * @param wanted everything that is to be read
   * @param told what the session has been told before
   */
  static Question<ShareFetchResponse> fetch(
      Who who,
      ShareSettings settings,
      Map<TopicPartition, Uuid> wanted,
      Map<TopicPartition, Uuid> told,
      List<Acks> acks) {
    Map<Uuid, Map<Integer, List<ShareFetchRequest.AcknowledgementBatch>>> topics = new TreeMap<>();
    wanted.forEach((partition, id) -> {
      if (!told.containsKey(partition)) {
        topics
            .computeIfAbsent(id, topic -> new TreeMap<>())
            .put(partition.partition(), new ArrayList<>());
      }
    });
    for (Acks each : acks) {
      List<ShareFetchRequest.AcknowledgementBatch> batches =
          topics
              .computeIfAbsent(each.topicId(), topic -> new TreeMap<>())
              .computeIfAbsent(each.partition().partition(), index -> new ArrayList<>());
      each.runs()
          .forEach(run ->
              batches.add(
                  new ShareFetchRequest.AcknowledgementBatch(
                      run.firstOffset(), run.lastOffset(), run.types())));
    }
    List<FetchTopic> list = new ArrayList<>();
    topics.forEach((id, parts) -> {
      List<FetchPartition> partitions = new ArrayList<>();
      parts.forEach((index, batches) -> partitions.add(new FetchPartition(index, batches)));
      list.add(new FetchTopic(id, partitions));
    });
    ShareFetchRequest.Builder request =
        ShareFetchRequest.builder()
            .groupId(who.group())
            .memberId(who.memberId())
            .shareSessionEpoch(who.epoch())
            .maxWaitMs(settings.fetchWaitMs)
            .minBytes(settings.fetchBytesMin)
            .maxBytes(settings.fetchBytesMax)
            .maxRecords(settings.pollRecordsMax)
            .batchSize(settings.pollRecordsMax)
            .topics(list)
            .forgottenTopicsData(forgotten(wanted, told));
    return new Question<>(
        ApiKey.SHARE_FETCH,
        Short.MAX_VALUE,
        version ->
            version >= RENEWING && settings.isRecordLimited
                ? request.shareAcquireMode((byte) 1).build()
                : request.build(),
        ShareFetchResponse::read,
        who.timeoutMs() + settings.fetchWaitMs);
  }

  private static List<ForgottenTopic> forgotten(
      Map<TopicPartition, Uuid> wanted, Map<TopicPartition, Uuid> told) {
    Map<Uuid, List<Integer>> topics = new TreeMap<>();
    told.forEach((partition, id) -> {
      if (!wanted.containsKey(partition)) {
        topics.computeIfAbsent(id, topic -> new ArrayList<>()).add(partition.partition());
      }
    });
    List<ForgottenTopic> list = new ArrayList<>();
    topics.forEach((id, indexes) -> list.add(new ForgottenTopic(id, indexes)));
    return list;
  }

  /** Acknowledges only. */
  static Question<ShareAcknowledgeResponse> acknowledge(Who who, List<Acks> acks) {
    Map<Uuid, Map<Integer, List<ShareAcknowledgeRequest.AcknowledgementBatch>>> topics =
        new TreeMap<>();
    for (Acks each : acks) {
      List<ShareAcknowledgeRequest.AcknowledgementBatch> batches =
          topics
              .computeIfAbsent(each.topicId(), topic -> new TreeMap<>())
              .computeIfAbsent(each.partition().partition(), index -> new ArrayList<>());
      each.runs()
          .forEach(run ->
              batches.add(
                  new ShareAcknowledgeRequest.AcknowledgementBatch(
                      run.firstOffset(), run.lastOffset(), run.types())));
    }
    List<AcknowledgeTopic> list = new ArrayList<>();
    topics.forEach((id, parts) -> {
      List<AcknowledgePartition> partitions = new ArrayList<>();
      parts.forEach((index, batches) -> partitions.add(new AcknowledgePartition(index, batches)));
      list.add(new AcknowledgeTopic(id, partitions));
    });
    ShareAcknowledgeRequest request =
        ShareAcknowledgeRequest.builder()
            .groupId(who.group())
            .memberId(who.memberId())
            .shareSessionEpoch(who.epoch())
            .isRenewAck(acks.stream().anyMatch(Acks::renews))
            .topics(list)
            .build();
    return Question.of(request, ShareAcknowledgeResponse::read, who.timeoutMs());
  }
}
