package dev.millrace.client.producer;

import dev.millrace.base.turns.Turns;
import dev.millrace.client.TopicPartition;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.Request;
import dev.millrace.wire.Response;
import dev.millrace.wire.message.AddOffsetsToTxnRequest;
import dev.millrace.wire.message.AddOffsetsToTxnResponse;
import dev.millrace.wire.message.AddPartitionsToTxnRequest;
import dev.millrace.wire.message.AddPartitionsToTxnResponse;
import dev.millrace.wire.message.AddPartitionsToTxnResponse.AddPartitionsToTxnPartitionResult;
import dev.millrace.wire.message.AddPartitionsToTxnResponse.AddPartitionsToTxnTopicResult;
import dev.millrace.wire.message.EndTxnRequest;
import dev.millrace.wire.message.EndTxnResponse;
import dev.millrace.wire.message.InitProducerIdRequest;
import dev.millrace.wire.message.InitProducerIdResponse;
import dev.millrace.wire.message.TxnOffsetCommitRequest;
import dev.millrace.wire.message.TxnOffsetCommitResponse;
import dev.millrace.wire.message.TxnOffsetCommitResponse.TxnOffsetCommitResponsePartition;
import dev.millrace.wire.message.TxnOffsetCommitResponse.TxnOffsetCommitResponseTopic;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/** A coordinator of one transactional id and of one group's offsets, as Kafka's rules have them. */
final class ModelTransactions {
  static final long PRODUCER_ID = 77;

  private final Turns nodes;
  private final RandomGenerator random;
  private final Map<TopicPartition, ModelCluster.Log> logs;
  private final BooleanSupplier fault;
  final Map<TopicPartition, Long> offsets = new HashMap<>();
  private final Map<TopicPartition, Long> pendingOffsets = new HashMap<>();
  private final Set<TopicPartition> partitions = new TreeSet<>();
  private State state = State.EMPTY;
  private short epoch = -1;
  private boolean hasGroup;
  private short endedEpoch = -1;

  /** The epoch before the last raising that a producer asked for itself. */
  private short raisedFrom = -1;

  private boolean endedWithCommit;
  int ends;

  private enum State {
    EMPTY,
    ONGOING,
    PREPARED
  }

  ModelTransactions(
      Turns nodes,
      RandomGenerator random,
      Map<TopicPartition, ModelCluster.Log> logs,
      BooleanSupplier fault) {
    this.nodes = nodes;
    this.random = random;
    this.logs = logs;
    this.fault = fault;
  }

  boolean isAtRest() {
    return state == State.EMPTY;
  }

  Response answer(Request request, short version) {
    return switch (request) {
      case InitProducerIdRequest init -> init(init);
      case AddPartitionsToTxnRequest add -> add(add);
      case AddOffsetsToTxnRequest add ->
          AddOffsetsToTxnResponse.builder().errorCode(addOffsets(add)).build();
      case TxnOffsetCommitRequest commit -> commit(commit, version >= 5);
      case EndTxnRequest end -> end(end, version >= 5);
      default -> throw new IllegalArgumentException("not modelled, key=" + request.apiKey());
    };
  }

  private InitProducerIdResponse init(InitProducerIdRequest request) {
    InitProducerIdResponse.Builder answer = InitProducerIdResponse.builder();
    boolean isKnown = request.producerEpoch() >= 0;
    boolean isRetry = isKnown && request.producerEpoch() == raisedFrom;
    if (fault.getAsBoolean()) {
      return answer.errorCode(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS).build();
    }
    if (isKnown && request.producerEpoch() != epoch && !isRetry) {
      return answer.errorCode(ErrorCode.PRODUCER_FENCED).build();
    }
    if (state == State.ONGOING) {
      epoch++;
      endedEpoch = -1;
      raisedFrom = -1;
      finish(false, epoch);
    }
    if (state != State.EMPTY) {
      return answer.errorCode(ErrorCode.CONCURRENT_TRANSACTIONS).build();
    }
    if (!isRetry) {
      raisedFrom = isKnown ? epoch : -1;
      epoch++;
    }
    endedEpoch = -1;
    return answer.producerId(PRODUCER_ID).producerEpoch(epoch).build();
  }

  /** Makes a partition part of the transaction, or says why not. */
  ErrorCode join(short by, TopicPartition partition) {
    ErrorCode error = mayAdd(by);
    if (error == ErrorCode.NONE) {
      state = State.ONGOING;
      partitions.add(partition);
    }
    return error;
  }

  /** Whether a partition is part of the transaction of this epoch. */
  boolean has(short by, TopicPartition partition) {
    return state == State.ONGOING && by == epoch && partitions.contains(partition);
  }

  private ErrorCode mayAdd(short by) {
    if (by != epoch) {
      return ErrorCode.PRODUCER_FENCED;
    }
    if (state == State.PREPARED) {
      return ErrorCode.CONCURRENT_TRANSACTIONS;
    }
    return fault.getAsBoolean() ? ErrorCode.NOT_COORDINATOR : ErrorCode.NONE;
  }

  private AddPartitionsToTxnResponse add(AddPartitionsToTxnRequest request) {
    List<AddPartitionsToTxnTopicResult> topics = new ArrayList<>();
    ErrorCode error = mayAdd(request.v3AndBelowProducerEpoch());
    for (var topic : request.v3AndBelowTopics()) {
      List<AddPartitionsToTxnPartitionResult> parts = new ArrayList<>();
      for (int index : topic.partitions()) {
        parts.add(new AddPartitionsToTxnPartitionResult(index, error.code()));
        if (error == ErrorCode.NONE) {
          state = State.ONGOING;
          partitions.add(new TopicPartition(topic.name(), index));
        }
      }
      topics.add(new AddPartitionsToTxnTopicResult(topic.name(), parts));
    }
    return AddPartitionsToTxnResponse.builder().resultsByTopicV3AndBelow(topics).build();
  }

  private ErrorCode addOffsets(AddOffsetsToTxnRequest request) {
    ErrorCode error = mayAdd(request.producerEpoch());
    if (error == ErrorCode.NONE) {
      state = State.ONGOING;
      hasGroup = true;
    }
    return error;
  }

  private TxnOffsetCommitResponse commit(TxnOffsetCommitRequest request, boolean isImplicit) {
    ErrorCode error = ErrorCode.NONE;
    if (isImplicit) {
      error = mayAdd(request.producerEpoch());
    } else if (request.producerEpoch() != epoch || !hasGroup || state != State.ONGOING) {
      error = ErrorCode.INVALID_PRODUCER_EPOCH;
    }
    List<TxnOffsetCommitResponseTopic> topics = new ArrayList<>();
    for (var topic : request.topics()) {
      List<TxnOffsetCommitResponsePartition> parts = new ArrayList<>();
      for (var part : topic.partitions()) {
        parts.add(new TxnOffsetCommitResponsePartition(part.partitionIndex(), error.code()));
        if (error == ErrorCode.NONE) {
          state = State.ONGOING;
          hasGroup = true;
          pendingOffsets.put(
              new TopicPartition(topic.name(), part.partitionIndex()), part.committedOffset());
        }
      }
      topics.add(
          TxnOffsetCommitResponseTopic.builder().name(topic.name()).partitions(parts).build());
    }
    return TxnOffsetCommitResponse.builder().topics(topics).build();
  }

  private EndTxnResponse end(EndTxnRequest request, boolean isImplicit) {
    EndTxnResponse.Builder answer = EndTxnResponse.builder();
    boolean isRepeated = request.producerEpoch() == endedEpoch;
    if (fault.getAsBoolean()) {
      return answer.errorCode(ErrorCode.COORDINATOR_NOT_AVAILABLE).build();
    }
    if (request.producerEpoch() != epoch && !isRepeated) {
      return answer.errorCode(ErrorCode.PRODUCER_FENCED).build();
    }
    if (state == State.PREPARED) {
      return answer.errorCode(ErrorCode.CONCURRENT_TRANSACTIONS).build();
    }
    if (isRepeated && state == State.EMPTY) {
      return request.committed() == endedWithCommit
          ? ended(answer, isImplicit)
          : answer.errorCode(ErrorCode.INVALID_TXN_STATE).build();
    }
    if (state == State.EMPTY && (request.committed() || !isImplicit)) {
      return answer.errorCode(ErrorCode.INVALID_TXN_STATE).build();
    }
    endedEpoch = epoch;
    endedWithCommit = request.committed();
    if (isImplicit) {
      epoch++;
    }
    finish(request.committed(), epoch);
    return ended(answer, isImplicit);
  }

  private EndTxnResponse ended(EndTxnResponse.Builder answer, boolean isImplicit) {
    return isImplicit
        ? answer.producerId(PRODUCER_ID).producerEpoch(epoch).build()
        : answer.build();
  }

  /** Markers reach their partitions one by one. */
  private void finish(boolean isCommit, short markerEpoch) {
    state = State.PREPARED;
    ends++;
    List<TopicPartition> left = new ArrayList<>(partitions);
    int[] waiting = {left.size() + 1};
    Runnable arrived =
        () -> {
          waiting[0]--;
          if (waiting[0] == 0) {
            state = State.EMPTY;
          }
        };
    partitions.clear();
    for (TopicPartition each : left) {
      nodes.after(
          random.nextInt(20),
          () -> {
            logs.get(each).mark(PRODUCER_ID, markerEpoch, isCommit);
            arrived.run();
          });
    }
    if (isCommit) {
      offsets.putAll(pendingOffsets);
    }
    pendingOffsets.clear();
    hasGroup = false;
    nodes.after(random.nextInt(20), arrived);
  }
}
