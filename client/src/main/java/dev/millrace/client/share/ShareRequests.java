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
import java.util.function.BiFunction;

/** What is asked within a share session. */
final class ShareRequests {
  /** From this version on locks can be renewed and records be limited exactly. */
  private static final int RENEWING = 2;

  private ShareRequests() {}

  /** Who asks, and for which time in the session. */
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
    ByTopic<ShareFetchRequest.AcknowledgementBatch> topics = new ByTopic<>();
    wanted.forEach((partition, id) -> {
      if (!told.containsKey(partition)) {
        topics.of(id, partition);
      }
    });
    topics.addAll(acks, ShareFetchRequest.AcknowledgementBatch::new);
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
            .topics(topics.list(FetchPartition::new, FetchTopic::new))
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
    ByTopic<ShareAcknowledgeRequest.AcknowledgementBatch> topics = new ByTopic<>();
    topics.addAll(acks, ShareAcknowledgeRequest.AcknowledgementBatch::new);
    ShareAcknowledgeRequest request =
        ShareAcknowledgeRequest.builder()
            .groupId(who.group())
            .memberId(who.memberId())
            .shareSessionEpoch(who.epoch())
            .isRenewAck(acks.stream().anyMatch(Acks::renews))
            .topics(topics.list(AcknowledgePartition::new, AcknowledgeTopic::new))
            .build();
    return Question.of(request, ShareAcknowledgeResponse::read, who.timeoutMs());
  }

  /**
   * What a request says of partitions, in the order of topic ids and indexes.
   *
   * @param <B> offsets that are acknowledged in the same way, as the request has them
   */
  private static final class ByTopic<B> {
    private final Map<Uuid, Map<Integer, List<B>>> topics = new TreeMap<>();

    /** Offsets of a request that follow each other. */
    interface Batch<B> {
      B of(long firstOffset, long lastOffset, List<Byte> types);
    }

    /** The batches of a partition, which is named from now on even if it has none. */
    List<B> of(Uuid topicId, TopicPartition partition) {
      return topics
          .computeIfAbsent(topicId, id -> new TreeMap<>())
          .computeIfAbsent(partition.partition(), index -> new ArrayList<>());
    }

    void addAll(List<Acks> acks, Batch<B> batch) {
      for (Acks each : acks) {
        List<B> batches = of(each.topicId(), each.partition());
        each.runs()
            .forEach(
                run -> batches.add(batch.of(run.firstOffset(), run.lastOffset(), run.types())));
      }
    }

    <P, T> List<T> list(
        BiFunction<Integer, List<B>, P> partition, BiFunction<Uuid, List<P>, T> topic) {
      List<T> list = new ArrayList<>();
      topics.forEach((id, parts) -> {
        List<P> partitions = new ArrayList<>();
        parts.forEach((index, batches) -> partitions.add(partition.apply(index, batches)));
        list.add(topic.apply(id, partitions));
      });
      return list;
    }
  }
}
