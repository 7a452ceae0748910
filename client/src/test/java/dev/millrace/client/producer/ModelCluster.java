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
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.ApiVersionsRequest;
import dev.millrace.wire.message.ApiVersionsResponse;
import dev.millrace.wire.message.ApiVersionsResponse.FinalizedFeatureKey;
import dev.millrace.wire.message.FindCoordinatorRequest;
import dev.millrace.wire.message.FindCoordinatorResponse;
import dev.millrace.wire.message.FindCoordinatorResponse.Coordinator;
import dev.millrace.wire.message.InitProducerIdRequest;
import dev.millrace.wire.message.InitProducerIdResponse;
import dev.millrace.wire.message.MetadataRequest;
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
import java.util.BitSet;
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

  /** From this version of Produce on partitions join transactions by themselves. */
  private static final int IMPLICIT = 12;

  final SimOwners owners;
  final Turns client;
  final Turns nodes;
  final Map<TopicPartition, Log> logs = new HashMap<>();
  private final RandomGenerator random;
  private final int[] leaders;
  private final Map<Endpoint, Connection> connections = new HashMap<>();
  private int faultPercent;
  private long nextProducerId = 1_000;
  final ModelTransactions transactions;
  private boolean isImplicit;

  /** One partition and what it knows of producers. */
  static final class Log {
    final List<String> values = new ArrayList<>();

    /** Which values readers of committed records see. */
    final BitSet committed = new BitSet();

    /** Values of open transactions by producer. */
    final Map<Long, List<Integer>> open = new HashMap<>();

    private final Map<Long, Producer> producers = new HashMap<>();

    /** Ends a producer's transaction here. */
    void mark(long id, short epoch, boolean isCommit) {
      List<Integer> mine = open.remove(id);
      if (mine != null && isCommit) {
        mine.forEach(committed::set);
      }
      producers.computeIfAbsent(id, none -> new Producer()).raiseTo(epoch);
    }
  }

  /** Last batches of a producer: base sequence and base offset. */
  private static final class Producer {
    short epoch;
    int nextSequence;
    final ArrayDeque<long[]> last = new ArrayDeque<>();

    void raiseTo(short raised) {
      if (raised > epoch) {
        epoch = raised;
        nextSequence = 0;
        last.clear();
      }
    }
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
    this.transactions = new ModelTransactions(nodes, random, logs, this::isFault);
  }

  void calm() {
    faultPercent = 0;
  }

  /** Lets the cluster have transaction.version 2. */
  void letPartitionsJoin() {
    isImplicit = true;
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
    nodes.after(random.nextInt(3), () -> answer(to, request, (short) highest));
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
    short version = (short) Math.min(exchange.highest(), exchange.key().highestStableVersion());
    Request request = exchange.request().apply(version);
    long nowMs = clock().monotonicMs();
    over.lastArrivalMs = Math.max(over.lastArrivalMs, nowMs + random.nextInt(5));
    nodes.after(
        over.lastArrivalMs - nowMs,
        () -> {
          if (over.broken && !isImplicit && isOfTransactions(exchange.key())) {
            return;
          }
          Response response = answer(to, request, version);
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

  /**
   * Before KIP-890 nothing tells a late call of one transaction from a call of the next: it has to
   * be believed that what was sent over a broken connection arrives soon or never.
   */
  private static boolean isOfTransactions(ApiKey key) {
    return switch (key) {
      case ADD_PARTITIONS_TO_TXN, ADD_OFFSETS_TO_TXN, TXN_OFFSET_COMMIT, END_TXN -> true;
      default -> false;
    };
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

  private Response answer(Endpoint to, Request request, short version) {
    return switch (request) {
      case MetadataRequest asked -> metadata();
      case ApiVersionsRequest asked -> features();
      case FindCoordinatorRequest asked ->
          FindCoordinatorResponse.builder()
              .coordinators(
                  List.of(
                      Coordinator.builder()
                          .key(asked.coordinatorKeys().getFirst())
                          .host("node")
                          .port(1 + random.nextInt(NODES))
                          .build()))
              .build();
      case InitProducerIdRequest init when init.transactionalId() == null ->
          InitProducerIdResponse.builder()
              .errorCode(isFault() ? ErrorCode.COORDINATOR_LOAD_IN_PROGRESS : ErrorCode.NONE)
              .producerId(nextProducerId++)
              .producerEpoch((short) 0)
              .build();
      case ProduceRequest produce -> produce(to.port(), produce, version >= IMPLICIT);
      default -> transactions.answer(request, version);
    };
  }

  private ApiVersionsResponse features() {
    return ApiVersionsResponse.builder()
        .finalizedFeatures(
            List.of(
                FinalizedFeatureKey.builder()
                    .name("transaction.version")
                    .maxVersionLevel((short) (isImplicit ? 2 : 1))
                    .minVersionLevel((short) (isImplicit ? 2 : 1))
                    .build()))
        .build();
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

  private ProduceResponse produce(int node, ProduceRequest request, boolean implicit) {
    List<TopicProduceResponse> topics = new ArrayList<>();
    request
        .topicData()
        .forEach(topic -> {
          List<PartitionProduceResponse> parts = new ArrayList<>();
          topic
              .partitionData()
              .forEach(part -> parts.add(append(node, part.index(), part.records(), implicit)));
          topics.add(
              TopicProduceResponse.builder().name(topic.name()).partitionResponses(parts).build());
        });
    return ProduceResponse.builder().responses(topics).build();
  }

  private PartitionProduceResponse append(
      int node, int index, @Nullable RecordBytes bytes, boolean implicit) {
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
    return take(index, batch, implicit);
  }

  private PartitionProduceResponse take(int index, RecordBatch batch, boolean implicit) {
    Log log = java.util.Objects.requireNonNull(logs.get(new TopicPartition(TOPIC, index)));
    Producer producer = log.producers.computeIfAbsent(batch.producerId(), id -> new Producer());
    if (batch.producerEpoch() < producer.epoch) {
      return refused(index, ErrorCode.INVALID_PRODUCER_EPOCH);
    }
    if (batch.isTransactional()) {
      ErrorCode error = mayTake(index, batch, implicit);
      if (error != ErrorCode.NONE) {
        return refused(index, error);
      }
    }
    producer.raiseTo(batch.producerEpoch());
    for (long[] known : producer.last) {
      if (known[0] == batch.baseSequence()) {
        return taken(index, known[1]);
      }
    }
    if (batch.baseSequence() != producer.nextSequence) {
      return refused(index, ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
    }
    long base = log.values.size();
    if (batch.isTransactional()) {
      List<Integer> mine = log.open.computeIfAbsent(batch.producerId(), id -> new ArrayList<>());
      for (int i = 0; i < batch.recordCount(); i++) {
        mine.add((int) base + i);
      }
    } else {
      log.committed.set((int) base, (int) base + batch.recordCount());
    }
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

  /** Before KIP-890 a partition asks whether it is part of the transaction, then it joins. */
  private ErrorCode mayTake(int index, RecordBatch batch, boolean implicit) {
    TopicPartition partition = new TopicPartition(TOPIC, index);
    if (transactions.has(batch.producerEpoch(), partition)) {
      return ErrorCode.NONE;
    }
    if (!implicit) {
      return ErrorCode.INVALID_TXN_STATE;
    }
    ErrorCode error = transactions.join(batch.producerEpoch(), partition);
    return switch (error) {
      case PRODUCER_FENCED -> ErrorCode.INVALID_PRODUCER_EPOCH;
      case NOT_COORDINATOR -> ErrorCode.NOT_ENOUGH_REPLICAS;
      default -> error;
    };
  }

  private static PartitionProduceResponse taken(int index, long base) {
    return PartitionProduceResponse.builder().index(index).baseOffset(base).build();
  }

  private static PartitionProduceResponse refused(int index, ErrorCode error) {
    return PartitionProduceResponse.builder().index(index).errorCode(error).build();
  }
}
