package dev.millrace.client.producer;

import dev.millrace.client.ClientException;
import dev.millrace.client.GroupMember;
import dev.millrace.client.TopicPartition;
import dev.millrace.client.call.CoordinatorLink;
import dev.millrace.client.call.Topology;
import dev.millrace.net.call.Exchange.Question;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.Response;
import dev.millrace.wire.message.AddOffsetsToTxnRequest;
import dev.millrace.wire.message.AddOffsetsToTxnResponse;
import dev.millrace.wire.message.AddPartitionsToTxnRequest;
import dev.millrace.wire.message.AddPartitionsToTxnRequest.AddPartitionsToTxnTopic;
import dev.millrace.wire.message.AddPartitionsToTxnResponse;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.EndTxnRequest;
import dev.millrace.wire.message.EndTxnResponse;
import dev.millrace.wire.message.InitProducerIdRequest;
import dev.millrace.wire.message.InitProducerIdResponse;
import dev.millrace.wire.message.TxnOffsetCommitRequest;
import dev.millrace.wire.message.TxnOffsetCommitRequest.TxnOffsetCommitRequestPartition;
import dev.millrace.wire.message.TxnOffsetCommitRequest.TxnOffsetCommitRequestTopic;
import dev.millrace.wire.message.TxnOffsetCommitResponse;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What coordinators are asked for a transaction. Passing errors are tried again until the producer
 * is over; everything else is told. In turns.
 */
final class TransactionCalls {
  /** The last versions in which clients name partitions to the coordinator themselves. */
  private static final int ADD_BY_CLIENT = 3;

  private static final int END_EXPLICIT = 4;
  private static final int OFFSETS_EXPLICIT = 4;
  private static final int OFFSETS_BY_NAME = 5;

  /** The last transaction's markers are on their way: they take milliseconds. */
  private static final int SHORT_PAUSE_MS = 5;

  private final Topology topology;
  private final ProducerSettings settings;
  private final String transactionalId;
  private final BooleanSupplier isOver;
  private final CoordinatorLink coordinator;
  private final Map<String, CoordinatorLink> groups = new HashMap<>();

  TransactionCalls(
      Topology topology,
      ProducerSettings settings,
      String transactionalId,
      BooleanSupplier isOver) {
    this.topology = topology;
    this.settings = settings;
    this.transactionalId = transactionalId;
    this.isOver = isOver;
    this.coordinator =
        new CoordinatorLink(
            topology, CoordinatorLink.Kind.TRANSACTION, transactionalId, settings.requestTimeoutMs);
  }

  /** What an error means for the transaction. */
  enum Meaning {
    DONE,
    AGAIN,
    /** Another transaction of ours is still being ended. */
    SHORTLY,
    ABORT,
    FENCED,
    FATAL
  }

  /** An error that is not a passing one. */
  record Refusal(Meaning meaning, String text) {}

  /** What is told of a call: exactly one of both. */
  record Told<R>(Consumer<R> done, Consumer<Refusal> refused) {}

  /** Takes the place of earlier producers of the id, or the next epoch after {@code spent}. */
  void init(Identity spent, Told<InitProducerIdResponse> told) {
    InitProducerIdRequest request =
        InitProducerIdRequest.builder()
            .transactionalId(transactionalId)
            .transactionTimeoutMs(settings.transactionTimeoutMs)
            .producerId(spent.id())
            .producerEpoch(spent.epoch())
            .build();
    ask(
        coordinator,
        Question.of(request, InitProducerIdResponse::read, settings.requestTimeoutMs),
        InitProducerIdResponse::errorCode,
        told);
  }

  /** Makes partitions part of the transaction, all or none. */
  void addPartitions(
      Identity by, Collection<TopicPartition> partitions, Told<AddPartitionsToTxnResponse> told) {
    Map<String, List<Integer>> topics = new TreeMap<>();
    for (TopicPartition each : partitions) {
      topics.computeIfAbsent(each.topic(), name -> new ArrayList<>()).add(each.partition());
    }
    List<AddPartitionsToTxnTopic> list = new ArrayList<>();
    topics.forEach((name, indexes) -> list.add(new AddPartitionsToTxnTopic(name, indexes)));
    AddPartitionsToTxnRequest request =
        AddPartitionsToTxnRequest.builder()
            .v3AndBelowTransactionalId(transactionalId)
            .v3AndBelowProducerId(by.id())
            .v3AndBelowProducerEpoch(by.epoch())
            .v3AndBelowTopics(list)
            .build();
    ask(
        coordinator,
        new Question<>(
            ApiKey.ADD_PARTITIONS_TO_TXN,
            ADD_BY_CLIENT,
            version -> request,
            AddPartitionsToTxnResponse::read,
            settings.requestTimeoutMs),
        TransactionCalls::worst,
        told);
  }

  /** Makes a group's offsets part of the transaction. */
  void addOffsets(Identity by, String group, Told<AddOffsetsToTxnResponse> told) {
    AddOffsetsToTxnRequest request =
        AddOffsetsToTxnRequest.builder()
            .transactionalId(transactionalId)
            .producerId(by.id())
            .producerEpoch(by.epoch())
            .groupId(group)
            .build();
    ask(
        coordinator,
        Question.of(request, AddOffsetsToTxnResponse::read, settings.requestTimeoutMs),
        AddOffsetsToTxnResponse::errorCode,
        told);
  }

  /**
   * Commits offsets in the transaction.
   *
   * @param isImplicit whether the group's coordinator makes itself part of the transaction
   */
  void commitOffsets(
      Identity by,
      Map<TopicPartition, Long> offsets,
      GroupMember member,
      boolean isImplicit,
      Told<TxnOffsetCommitResponse> told) {
    TxnOffsetCommitRequest request =
        TxnOffsetCommitRequest.builder()
            .transactionalId(transactionalId)
            .groupId(member.group())
            .producerId(by.id())
            .producerEpoch(by.epoch())
            .generationIdOrMemberEpoch(member.generation())
            .memberId(member.memberId())
            .groupInstanceId(member.instanceId())
            .topics(topics(offsets))
            .build();
    ask(
        groups.computeIfAbsent(
            member.group(),
            group -> CoordinatorLink.ofGroup(topology, group, settings.requestTimeoutMs)),
        new Question<>(
            ApiKey.TXN_OFFSET_COMMIT,
            isImplicit ? OFFSETS_BY_NAME : OFFSETS_EXPLICIT,
            version -> request,
            TxnOffsetCommitResponse::read,
            settings.requestTimeoutMs),
        TransactionCalls::worst,
        told);
  }

  /**
   * Ends the transaction.
   *
   * @param isImplicit whether the answer brings the next transaction's epoch (KIP-890)
   */
  void end(Identity by, boolean isCommit, boolean isImplicit, Told<EndTxnResponse> told) {
    EndTxnRequest request =
        EndTxnRequest.builder()
            .transactionalId(transactionalId)
            .producerId(by.id())
            .producerEpoch(by.epoch())
            .committed(isCommit)
            .build();
    ask(
        coordinator,
        new Question<>(
            ApiKey.END_TXN,
            isImplicit ? Short.MAX_VALUE : END_EXPLICIT,
            version -> request,
            EndTxnResponse::read,
            settings.requestTimeoutMs),
        EndTxnResponse::errorCode,
        told);
  }

  private <R extends Response> void ask(
      CoordinatorLink link, Question<R> question, ToIntFunction<R> error, Told<R> told) {
    if (isOver.getAsBoolean()) {
      return;
    }
    link.call(
        question,
        answer -> {
          short code = (short) error.applyAsInt(answer);
          link.look(ErrorCode.of(code));
          Meaning meaning = meaning(ErrorCode.of(code));
          if (meaning == Meaning.DONE) {
            told.done().accept(answer);
          } else {
            ClientException fault = ClientException.answered(code, question.key().title(), null);
            judge(
                new Refusal(meaning, String.valueOf(fault.getMessage())),
                () -> ask(link, question, error, told),
                told);
          }
        },
        e ->
            judge(
                new Refusal(
                    e.mayPass() ? Meaning.AGAIN : Meaning.FATAL, String.valueOf(e.getMessage())),
                () -> ask(link, question, error, told),
                told));
  }

  private void judge(Refusal refusal, Runnable again, Told<?> told) {
    if (isOver.getAsBoolean()) {
      return;
    }
    switch (refusal.meaning()) {
      case AGAIN -> topology.network().turns().after(Math.max(1, settings.backoffMs), again);
      case SHORTLY ->
          topology
              .network()
              .turns()
              .after(Math.max(1, Math.min(SHORT_PAUSE_MS, settings.backoffMs)), again);
      default -> told.refused().accept(refusal);
    }
  }

  private static Meaning meaning(@Nullable ErrorCode error) {
    if (error == null) {
      return Meaning.FATAL;
    }
    return switch (error) {
      case NONE -> Meaning.DONE;
      case CONCURRENT_TRANSACTIONS -> Meaning.SHORTLY;
      case PRODUCER_FENCED, INVALID_PRODUCER_EPOCH, INVALID_PRODUCER_ID_MAPPING -> Meaning.FENCED;
      case TRANSACTION_ABORTABLE,
          TOPIC_AUTHORIZATION_FAILED,
          GROUP_AUTHORIZATION_FAILED,
          OFFSET_METADATA_TOO_LARGE,
          INVALID_GROUP_ID,
          GROUP_ID_NOT_FOUND,
          UNKNOWN_MEMBER_ID,
          ILLEGAL_GENERATION,
          STALE_MEMBER_EPOCH,
          FENCED_MEMBER_EPOCH,
          FENCED_INSTANCE_ID,
          REBALANCE_IN_PROGRESS ->
          Meaning.ABORT;
      default -> ClientException.isPassing(error) ? Meaning.AGAIN : Meaning.FATAL;
    };
  }

  /** The first error that says something of its own. */
  private static int worst(AddPartitionsToTxnResponse answer) {
    int worst = answer.errorCode();
    for (var topic : answer.resultsByTopicV3AndBelow()) {
      for (var part : topic.resultsByPartition()) {
        short code = part.partitionErrorCode();
        boolean isFirst = worst == 0 || worst == ErrorCode.OPERATION_NOT_ATTEMPTED.code();
        worst = isFirst && code != 0 ? code : worst;
      }
    }
    return worst;
  }

  private static int worst(TxnOffsetCommitResponse answer) {
    int worst = 0;
    for (var topic : answer.topics()) {
      for (var part : topic.partitions()) {
        worst = worst == 0 ? part.errorCode() : worst;
      }
    }
    return worst;
  }

  private static List<TxnOffsetCommitRequestTopic> topics(Map<TopicPartition, Long> offsets) {
    Map<String, List<TxnOffsetCommitRequestPartition>> byTopic = new TreeMap<>();
    new TreeMap<>(offsets)
        .forEach((partition, offset) ->
            byTopic
                .computeIfAbsent(partition.topic(), name -> new ArrayList<>())
                .add(
                    TxnOffsetCommitRequestPartition.builder()
                        .partitionIndex(partition.partition())
                        .committedOffset(offset)
                        .committedMetadata("")
                        .build()));
    List<TxnOffsetCommitRequestTopic> list = new ArrayList<>();
    byTopic.forEach((name, parts) ->
        list.add(TxnOffsetCommitRequestTopic.builder().name(name).partitions(parts).build()));
    return list;
  }
}
