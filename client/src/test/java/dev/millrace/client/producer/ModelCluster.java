package dev.millrace.client.producer;

import dev.millrace.base.sim.SimOwners;
import dev.millrace.base.time.Clock;
import dev.millrace.base.turns.Turns;
import dev.millrace.client.TopicPartition;
import dev.millrace.net.Endpoint;
import dev.millrace.net.NetException;
import dev.millrace.net.call.Exchange;
import dev.millrace.net.call.Network;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.RecordBytes;
import dev.millrace.wire.Request;
import dev.millrace.wire.Response;
import dev.millrace.wire.WireReader;
import dev.millrace.wire.WireWriter;
import dev.millrace.wire.message.InitProducerIdResponse;
import dev.millrace.wire.message.MetadataResponse;
import dev.millrace.wire.message.MetadataResponse.MetadataResponseBroker;
import dev.millrace.wire.message.MetadataResponse.MetadataResponsePartition;
import dev.millrace.wire.message.MetadataResponse.MetadataResponseTopic;
import dev.millrace.wire.message.ProduceRequest;
import dev.millrace.wire.message.ProduceResponse;
import dev.millrace.wire.message.ProduceResponse.PartitionProduceResponse;
import dev.millrace.wire.message.ProduceResponse.TopicProduceResponse;
import dev.millrace.wire.records.BatchCursor;
import dev.millrace.wire.records.RecordBatch;
import dev.millrace.wire.records.RecordCursor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Three nodes with one topic, as the rules of idempotent producers describe them, behind a network
 * that loses and delays. Everything is decided by the seed. {@code calm} ends all faults.
 */
final class ModelCluster implements Network {
  static final String TOPIC = "t";
  private static final int NODES = 3;

  final SimOwners owners;
  final Turns client;
  final Turns nodes;
  final Map<TopicPartition, Log> logs = new HashMap<>();
  private final RandomGenerator random;
  private final int[] leaders;
  private final Map<Endpoint, Connection> connections = new HashMap<>();
  private int faultPercent;
  private long nextProducerId = 1_000;

  /** One partition and what it knows of producers. */
  static final class Log {
    final List<String> values = new ArrayList<>();
    private final Map<Long, Producer> producers = new HashMap<>();
  }

  /** Last batches of a producer: base sequence and base offset. */
  private static final class Producer {
    short epoch;
    int nextSequence;
    final ArrayDeque<long[]> last = new ArrayDeque<>();
  }

  /** Requests to one node in order; broken ones answer nothing more. */
  private static final class Connection {
    boolean broken;
    long lastArrivalMs = Long.MIN_VALUE;
    long lastAnswerMs = Long.MIN_VALUE;
    final List<Runnable> pending = new ArrayList<>();
  }

  ModelCluster(SimOwners owners, int partitions, int faultPercent) {
    this.owners = owners;
    this.random = owners.random("network");
    this.client = owners.owner("client");
    this.nodes = owners.owner("nodes");
    this.faultPercent = faultPercent;
    this.leaders = new int[partitions];
    for (int i = 0; i < partitions; i++) {
      leaders[i] = 1 + i % NODES;
      logs.put(new TopicPartition(TOPIC, i), new Log());
    }
  }

  void calm() {
    faultPercent = 0;
  }

  @Override
  public Turns turns() {
    return client;
  }

  @Override
  public Clock clock() {
    return owners.clock();
  }

  @Override
  public void send(Endpoint to, Request request, int highest) {
    nodes.after(random.nextInt(3), () -> answer(to, request));
  }

  @Override
  public void close() {}

  @Override
  public <R extends Response> void call(Endpoint to, Lane lane, Exchange<R> exchange) {
    Connection connection = connections.computeIfAbsent(to, here -> new Connection());
    if (connection.broken) {
      connection = new Connection();
      connections.put(to, connection);
    }
    Connection over = connection;
    boolean[] done = {false};
    Runnable fail =
        () -> {
          if (!done[0]) {
            done[0] = true;
            exchange
                .failed()
                .accept(new NetException(NetException.Kind.CLOSED, "connection broke"));
          }
        };
    over.pending.add(fail);
    if (isFault()) {
      breakLater(over);
    }
    Request request = exchange.request().apply((short) exchange.highest());
    long nowMs = clock().monotonicMs();
    over.lastArrivalMs = Math.max(over.lastArrivalMs, nowMs + random.nextInt(5));
    nodes.after(
        over.lastArrivalMs - nowMs,
        () -> {
          Response response = answer(to, request);
          if (isFault()) {
            breakLater(over);
          }
          long thenMs = clock().monotonicMs();
          over.lastAnswerMs = Math.max(over.lastAnswerMs, thenMs + random.nextInt(5));
          client.after(
              over.lastAnswerMs - thenMs,
              () -> {
                if (!over.broken && !done[0]) {
                  done[0] = true;
                  exchange.answered().accept(reread(exchange, response));
                }
              });
        });
  }

  private boolean isFault() {
    return random.nextInt(100) < faultPercent;
  }

  /** What is on its way still arrives there; no answer comes any more. */
  private void breakLater(Connection connection) {
    client.after(
        random.nextInt(6),
        () -> {
          connection.broken = true;
          List.copyOf(connection.pending).forEach(Runnable::run);
          connection.pending.clear();
        });
  }

  private static <R extends Response> R reread(Exchange<R> exchange, Response response) {
    short version = (short) Math.min(exchange.highest(), exchange.key().highestStableVersion());
    WireWriter out = new WireWriter(ByteBuffer.allocate(response.size(version)));
    response.write(out, version);
    return exchange.reading().read(new WireReader(out.buffer().flip()), version);
  }

  private Response answer(Endpoint to, Request request) {
    return switch (request.apiKey()) {
      case METADATA -> metadata();
      case INIT_PRODUCER_ID ->
          InitProducerIdResponse.builder()
              .errorCode(isFault() ? ErrorCode.COORDINATOR_LOAD_IN_PROGRESS : ErrorCode.NONE)
              .producerId(nextProducerId++)
              .producerEpoch((short) 0)
              .build();
      case PRODUCE -> produce(to.port(), (ProduceRequest) request);
      default -> throw new IllegalArgumentException("not modelled, key=" + request.apiKey());
    };
  }

  private MetadataResponse metadata() {
    List<MetadataResponseBroker> brokers = new ArrayList<>();
    for (int node = 1; node <= NODES; node++) {
      brokers.add(new MetadataResponseBroker(node, "node", node, null));
    }
    List<MetadataResponsePartition> partitions = new ArrayList<>();
    for (int i = 0; i < leaders.length; i++) {
      partitions.add(
          MetadataResponsePartition.builder()
              .partitionIndex(i)
              .leaderId(leaders[i])
              .replicaNodes(List.of(1, 2, 3))
              .isrNodes(List.of(1, 2, 3))
              .build());
    }
    return MetadataResponse.builder()
        .clusterId("model")
        .controllerId(1)
        .brokers(brokers)
        .topics(List.of(MetadataResponseTopic.builder().name(TOPIC).partitions(partitions).build()))
        .build();
  }

  private ProduceResponse produce(int node, ProduceRequest request) {
    List<TopicProduceResponse> topics = new ArrayList<>();
    request
        .topicData()
        .forEach(topic -> {
          List<PartitionProduceResponse> parts = new ArrayList<>();
          topic
              .partitionData()
              .forEach(part -> parts.add(append(node, part.index(), part.records())));
          topics.add(
              TopicProduceResponse.builder().name(topic.name()).partitionResponses(parts).build());
        });
    return ProduceResponse.builder().responses(topics).build();
  }

  private PartitionProduceResponse append(int node, int index, @Nullable RecordBytes bytes) {
    if (isFault()) {
      leaders[index] = 1 + random.nextInt(NODES);
    }
    if (leaders[index] != node) {
      return refused(index, ErrorCode.NOT_LEADER_OR_FOLLOWER);
    }
    if (isFault()) {
      return refused(index, ErrorCode.NOT_ENOUGH_REPLICAS);
    }
    RecordBatch batch =
        BatchCursor.batches(((RecordBytes.InMemory) java.util.Objects.requireNonNull(bytes)).view())
            .iterator()
            .next();
    if (!batch.isIntact()) {
      throw new IllegalStateException("batch is broken");
    }
    if (batch.recordCount() > 40) {
      return refused(index, ErrorCode.MESSAGE_TOO_LARGE);
    }
    return take(index, batch);
  }

  private PartitionProduceResponse take(int index, RecordBatch batch) {
    Log log = java.util.Objects.requireNonNull(logs.get(new TopicPartition(TOPIC, index)));
    Producer producer = log.producers.computeIfAbsent(batch.producerId(), id -> new Producer());
    if (batch.producerEpoch() < producer.epoch) {
      return refused(index, ErrorCode.INVALID_PRODUCER_EPOCH);
    }
    if (batch.producerEpoch() > producer.epoch) {
      producer.epoch = batch.producerEpoch();
      producer.nextSequence = 0;
      producer.last.clear();
    }
    for (long[] known : producer.last) {
      if (known[0] == batch.baseSequence()) {
        return taken(index, known[1]);
      }
    }
    if (batch.baseSequence() != producer.nextSequence) {
      return refused(index, ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
    }
    long base = log.values.size();
    try (RecordCursor cursor = batch.records()) {
      while (cursor.next()) {
        log.values.add(
            StandardCharsets.UTF_8
                .decode(java.util.Objects.requireNonNull(cursor.value()))
                .toString());
      }
    }
    producer.nextSequence += batch.recordCount();
    producer.last.add(new long[] {batch.baseSequence(), base});
    if (producer.last.size() > 5) {
      producer.last.remove();
    }
    return isFault()
        ? refused(index, ErrorCode.NOT_ENOUGH_REPLICAS_AFTER_APPEND)
        : taken(index, base);
  }

  private static PartitionProduceResponse taken(int index, long base) {
    return PartitionProduceResponse.builder().index(index).baseOffset(base).build();
  }

  private static PartitionProduceResponse refused(int index, ErrorCode error) {
    return PartitionProduceResponse.builder().index(index).errorCode(error).build();
  }
}
