package dev.millrace.bench.load;

import java.io.IOException;
import java.util.List;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.EndTxnRequestData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AddPartitionsToTxnRequest;
import org.apache.kafka.common.requests.AddPartitionsToTxnResponse;
import org.apache.kafka.common.requests.EndTxnRequest;
import org.apache.kafka.common.requests.EndTxnResponse;
import org.apache.kafka.common.requests.FindCoordinatorRequest.CoordinatorType;
import org.apache.kafka.common.requests.InitProducerIdRequest;
import org.apache.kafka.common.requests.InitProducerIdResponse;
import org.jspecify.annotations.Nullable;

/**
 * A transaction with one partition, begun and committed. Nothing is written in it, so the time is
 * that of its coordinator; the next one waits until the marker of this one is written.
 */
public final class TransactionBeat implements Beat {
  private static final short INIT_VERSION = 4;

  /** The last versions without epochs of each transaction. */
  private static final short ADD_VERSION = 3;

  private static final short END_VERSION = 4;
  private static final int TIMEOUT_MS = 60_000;

  private final String id;
  private final TopicPartition partition;
  private @Nullable InitProducerIdResponseData producer;

  public TransactionBeat(String id, String topic, int partition) {
    this.id = id;
    this.partition = new TopicPartition(topic, partition);
  }

  @Override
  public @Nullable Integer port(BrokerSocket any) throws IOException {
    return Coordinators.find(any, CoordinatorType.TRANSACTION, id).map(Node::port).orElse(null);
  }

  @Override
  public boolean accepted(BrokerSocket socket) throws IOException {
    InitProducerIdResponseData known = producer;
    if (known == null) {
      known = init(socket);
      if (known.errorCode() != Errors.NONE.code()) {
        return false;
      }
      producer = known;
    }
    return isGood(begin(socket, known)) && isGood(commit(socket, known));
  }

  private boolean isGood(Errors error) {
    if (error == Errors.PRODUCER_FENCED || error == Errors.INVALID_PRODUCER_EPOCH) {
      producer = null;
    }
    return error == Errors.NONE;
  }

  private InitProducerIdResponseData init(BrokerSocket socket) throws IOException {
    InitProducerIdRequestData data =
        new InitProducerIdRequestData()
            .setTransactionalId(id)
            .setTransactionTimeoutMs(TIMEOUT_MS)
            .setProducerId(-1)
            .setProducerEpoch((short) -1);
    InitProducerIdResponse answer =
        (InitProducerIdResponse)
            socket.call(
                ApiKeys.INIT_PRODUCER_ID,
                new InitProducerIdRequest.Builder(data).build(INIT_VERSION));
    return answer.data();
  }

  private Errors begin(BrokerSocket socket, InitProducerIdResponseData known) throws IOException {
    AddPartitionsToTxnResponse answer =
        (AddPartitionsToTxnResponse)
            socket.call(
                ApiKeys.ADD_PARTITIONS_TO_TXN,
                AddPartitionsToTxnRequest.Builder.forClient(
                        id, known.producerId(), known.producerEpoch(), List.of(partition))
                    .build(ADD_VERSION));
    return answer.errors().values().stream()
        .flatMap(errors -> errors.values().stream())
        .filter(error -> error != Errors.NONE)
        .findFirst()
        .orElse(Errors.NONE);
  }

  private Errors commit(BrokerSocket socket, InitProducerIdResponseData known) throws IOException {
    EndTxnRequestData data =
        new EndTxnRequestData()
            .setTransactionalId(id)
            .setProducerId(known.producerId())
            .setProducerEpoch(known.producerEpoch())
            .setCommitted(true);
    EndTxnResponse answer =
        (EndTxnResponse)
            socket.call(ApiKeys.END_TXN, new EndTxnRequest.Builder(data, false).build(END_VERSION));
    return answer.error();
  }
}
