package dev.millrace.client.producer;

import dev.millrace.client.ClientException;
import dev.millrace.client.ClusterView.Node;
import dev.millrace.client.TopicPartition;
import dev.millrace.client.call.Faults;
import dev.millrace.client.call.Topology;
import dev.millrace.net.call.Exchange;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.RecordBytes;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.ProduceRequest;
import dev.millrace.wire.message.ProduceRequest.PartitionProduceData;
import dev.millrace.wire.message.ProduceRequest.TopicProduceData;
import dev.millrace.wire.message.ProduceResponse;
import dev.millrace.wire.message.ProduceResponse.PartitionProduceResponse;
import dev.millrace.wire.message.ProduceResponse.TopicProduceResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Produce requests and what their answers mean. */
record ProduceCalls(Topology topology, ProducerSettings settings) {
  /** The last version that names topics instead of ids. */
  private static final int BY_NAME = 12;

  /** The last version in which partitions do not join transactions by themselves (KIP-890). */
  private static final int EXPLICIT = 11;

  /** What a node said about a batch. */
  enum Kind {
    TAKEN,
    /** No answer, or one that leaves it open. */
    UNKNOWN,
    NOT_TAKEN,
    /** Not taken because its number is not the one that follows. */
    OUT_OF_ORDER,
    TOO_LARGE,
    REFUSED,
    /** Another producer has the place. */
    FENCED,
    FATAL
  }

  /** What a node said about a batch, and its words. */
  record Verdict(OutBatch batch, Kind kind, String fault, long baseOffset, long appendTimeMs) {
    static Verdict of(OutBatch batch, Kind kind, @Nullable String fault) {
      return new Verdict(batch, kind, fault == null ? "" : fault, -1, -1);
    }
  }

  /**
   * Sends batches of different partitions; each gets a verdict.
   *
   * @param isImplicit whether they make their partitions part of the transaction they belong to
   */
  void send(
      int leader, List<OutBatch> batches, boolean isImplicit, Consumer<List<Verdict>> judged) {
    ProduceRequest request = request(batches);
    topology.call(
        leader,
        new Exchange<ProduceResponse>(
            ApiKey.PRODUCE,
            isImplicit ? BY_NAME : EXPLICIT,
            version -> request,
            ProduceResponse::read,
            settings.requestTimeoutMs,
            answer -> judged.accept(verdicts(answer, batches)),
            e -> judged.accept(lost(Faults.of(e), batches))));
  }

  /** Sends batches and expects no answer. */
  void sendOnly(int leader, List<OutBatch> batches) {
    Node node = topology.view().nodes().get(leader);
    if (node != null) {
      topology.network().send(node.endpoint(), request(batches), BY_NAME);
    }
  }

  private ProduceRequest request(List<OutBatch> batches) {
    Map<String, List<PartitionProduceData>> topics = new LinkedHashMap<>();
    for (OutBatch batch : batches) {
      topics
          .computeIfAbsent(batch.partition.topic(), name -> new ArrayList<>())
          .add(
              PartitionProduceData.builder()
                  .index(batch.partition.partition())
                  .records(RecordBytes.of(batch.bytes().duplicate()))
                  .build());
    }
    List<TopicProduceData> data = new ArrayList<>();
    topics.forEach((name, parts) ->
        data.add(TopicProduceData.builder().name(name).partitionData(parts).build()));
    return ProduceRequest.builder()
        .transactionalId(settings.transactionalId)
        .acks(settings.acks)
        .timeoutMs(settings.requestTimeoutMs)
        .topicData(data)
        .build();
  }

  private static List<Verdict> lost(ClientException e, List<OutBatch> batches) {
    Kind kind = e.mayPass() ? Kind.UNKNOWN : Kind.REFUSED;
    return batches.stream().map(batch -> Verdict.of(batch, kind, e.getMessage())).toList();
  }

  private static List<Verdict> verdicts(ProduceResponse answer, List<OutBatch> batches) {
    Map<TopicPartition, PartitionProduceResponse> parts = new HashMap<>();
    for (TopicProduceResponse topic : answer.responses()) {
      for (PartitionProduceResponse part : topic.partitionResponses()) {
        parts.put(new TopicPartition(topic.name(), part.index()), part);
      }
    }
    List<Verdict> verdicts = new ArrayList<>();
    for (OutBatch batch : batches) {
      PartitionProduceResponse part = parts.get(batch.partition);
      verdicts.add(
          part == null
              ? Verdict.of(batch, Kind.UNKNOWN, "the answer does not name the partition")
              : verdict(batch, part));
    }
    return verdicts;
  }

  private static Verdict verdict(OutBatch batch, PartitionProduceResponse part) {
    ErrorCode error = ErrorCode.of(part.errorCode());
    Kind kind = kind(error);
    if (kind == Kind.TAKEN) {
      return new Verdict(batch, kind, "", part.baseOffset(), part.logAppendTimeMs());
    }
    String name = error == null ? "error " + part.errorCode() : error.name();
    String said = part.errorMessage();
    boolean isPlain = said == null || said.isEmpty() || kind == Kind.OUT_OF_ORDER;
    return Verdict.of(batch, kind, isPlain ? name : name + ", " + said);
  }

  private static Kind kind(@Nullable ErrorCode error) {
    if (error == null) {
      return Kind.REFUSED;
    }
    return switch (error) {
      case NONE, DUPLICATE_SEQUENCE_NUMBER -> Kind.TAKEN;
      case REQUEST_TIMED_OUT,
          NETWORK_EXCEPTION,
          NOT_ENOUGH_REPLICAS_AFTER_APPEND,
          UNKNOWN_SERVER_ERROR ->
          Kind.UNKNOWN;
      case OUT_OF_ORDER_SEQUENCE_NUMBER, UNKNOWN_PRODUCER_ID, INVALID_PRODUCER_EPOCH ->
          Kind.OUT_OF_ORDER;
      case MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE -> Kind.TOO_LARGE;
      case PRODUCER_FENCED -> Kind.FENCED;
      case CONCURRENT_TRANSACTIONS -> Kind.NOT_TAKEN;
      case CLUSTER_AUTHORIZATION_FAILED, TRANSACTIONAL_ID_AUTHORIZATION_FAILED -> Kind.FATAL;
      default -> ClientException.isPassing(error) ? Kind.NOT_TAKEN : Kind.REFUSED;
    };
  }
}
