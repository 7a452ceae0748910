package dev.millrace.broker.fake;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.sim.SimDisk;
import dev.millrace.base.sim.SimOwners;
import dev.millrace.broker.AdminHandlers;
import dev.millrace.broker.Broker;
import dev.millrace.broker.CoordinatorHandlers;
import dev.millrace.broker.DataHandlers;
import dev.millrace.broker.Handler;
import dev.millrace.broker.Handlers;
import dev.millrace.broker.data.RecordGate;
import dev.millrace.broker.fake.FakeConnection.FakeReply;
import dev.millrace.log.LogDirectory;
import dev.millrace.quorum.image.TopicImage;
import dev.millrace.replica.DiskWork;
import dev.millrace.replica.LogEvents;
import dev.millrace.replica.Partitions;
import dev.millrace.replica.SchemaDemand;
import dev.millrace.wire.RecordBytes;
import dev.millrace.wire.Request;
import dev.millrace.wire.Response;
import dev.millrace.wire.message.CreateTopicsRequest;
import dev.millrace.wire.message.CreateTopicsRequest.CreatableTopic;
import dev.millrace.wire.message.CreateTopicsRequest.CreatableTopicConfig;
import dev.millrace.wire.message.CreateTopicsResponse;
import dev.millrace.wire.message.ProduceRequest;
import dev.millrace.wire.message.ProduceRequest.PartitionProduceData;
import dev.millrace.wire.message.ProduceRequest.TopicProduceData;
import dev.millrace.wire.records.BatchBuilder;
import dev.millrace.wire.records.RecordBatch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/** A {@link TestNode} with partitions on a simulated disk and all handlers of the data path. */
public final class DataNode {
  private static final long LIMIT_MS = 120_000;

  private final TestNode node;
  private final SimDisk disk;
  private final Partitions partitions;
  private final Broker broker;
  private final Client client;
  private final AtomicBoolean certain = new AtomicBoolean(true);
  private final AtomicReference<RecordGate> gate = new AtomicReference<>(RecordGate.NONE);

  /** Asks whatever gate is set now. */
  private record SettableGate(AtomicReference<RecordGate> gate) implements RecordGate {
    @Override
    public Judgement judge(String topic, SchemaDemand demand, RecordBatch batch, boolean isFinal) {
      return gate.get().judge(topic, demand, batch, isFinal);
    }

    @Override
    public void refresh(Runnable then) {
      gate.get().refresh(then);
    }
  }

  public DataNode() {
    this(1, Map.of());
  }

  public DataNode(long seed, Map<String, String> settings) {
    node = new TestNode(new SimOwners(seed), settings);
    SimOwners owners = node.owners();
    disk = new SimDisk(owners.clock());
    LogEvents events = new LogEvents();
    LogDirectory directory =
        LogDirectory.open(
            Path.of("/data"),
            new LogDirectory.Environment(
                disk, owners.clock(), owners.owner("disk"), events, events::onOffline));
    DiskWork work = new DiskWork(List.of(owners.owner("read-0"), owners.owner("read-1")));
    partitions =
        new Partitions(
            new Partitions.Setup(
                1, node.node().written(), List.of(directory), disk, events, 1 << 20),
            owners.owner("replicas"),
            work);
    node.controller().listen(partitions);
    List<Handler<?>> handlers = new ArrayList<>();
    handlers.addAll(
        AdminHandlers.all(
            node.node(),
            node.controller()::submit,
            (_, then) -> partitions.whenApplied(then),
            owners.clock()));
    CoordinatorHandlers coordinators =
        new CoordinatorHandlers(
            node.node(),
            node.controller()::submit,
            new CoordinatorHandlers.Parts(
                partitions,
                work,
                List.of(owners.owner("coordinator")),
                owners.clock(),
                owners.random("members")));
    node.controller().listen(coordinators);
    handlers.addAll(
        new DataHandlers(
                node.node(),
                partitions,
                work,
                coordinators.enlisting(),
                new SettableGate(gate),
                owners.random("sessions"),
                owners.clock(),
                certain::get)
            .all());
    handlers.addAll(coordinators.all());
    broker = new Broker(Handlers.withApiVersions(handlers, node.node()), owners.clock());
    client = newClient();
  }

  public SimOwners owners() {
    return node.owners();
  }

  public SimDisk disk() {
    return disk;
  }

  /** Whether the node knows that nobody can lead in its place by now. */
  public void certain(boolean value) {
    certain.set(value);
  }

  /** Who judges records from now on. */
  public void gate(RecordGate judge) {
    gate.set(judge);
  }

  public Partitions partitions() {
    return partitions;
  }

  public Client client() {
    return client;
  }

  public Client newClient() {
    return new Client(broker, new FakeConnection(owners().owner("loop"), "PLAINTEXT"));
  }

  public Uuid topicId(String name) {
    TopicImage topic = node.image().topic(name);
    if (topic == null) {
      throw new AssertionError("there is no such topic, name=" + name);
    }
    return topic.id();
  }

  /** Creates a topic; settings are names and values by turns. */
  public void createTopic(String name, int partitionCount, String... settings) {
    CreateTopicsResponse response =
        call(CreateTopicsResponse.class, creation(name, partitionCount, settings), 7);
    if (response.topics().getFirst().errorCode() != 0) {
      throw new AssertionError(response.toString());
    }
  }

  /**
   * Creates a topic of one partition; the cluster knows it then, and the node has yet to open it.
   */
  public void announceTopic(String name) {
    FakeReply _ = newClient().send(creation(name, 1), 7);
    owners().runUntil(() -> node.image().topic(name) != null, LIMIT_MS);
  }

  private static CreateTopicsRequest creation(String name, int partitionCount, String... settings) {
    List<CreatableTopicConfig> configs = new ArrayList<>();
    for (int i = 0; i < settings.length; i += 2) {
      configs.add(CreatableTopicConfig.builder().name(settings[i]).value(settings[i + 1]).build());
    }
    CreatableTopic topic =
        CreatableTopic.builder()
            .name(name)
            .numPartitions(partitionCount)
            .replicationFactor((short) 1)
            .configs(configs)
            .build();
    return CreateTopicsRequest.builder().topics(List.of(topic)).timeoutMs(10_000).build();
  }

  /** Calls with the first client and waits for the answer. */
  public <R extends Response> R call(Class<R> type, Request request, int version) {
    FakeReply reply = client.send(request, version);
    return await(type, reply, version);
  }

  /** Waits for an answer. */
  public <R extends Response> R await(Class<R> type, FakeReply reply, int version) {
    owners().runUntil(() -> reply.frame() != null || !client.connection().isOpen(), LIMIT_MS);
    return Client.answer(type, reply, version);
  }

  /** A Produce request with one batch of uncompressed records for one partition. */
  public ProduceRequest produce(String topic, int partition, int acks, String... values) {
    return produce(topic, partition, acks, batch(values));
  }

  /** A Produce request with these bytes for one partition, by the topic's name. */
  public ProduceRequest produce(String topic, int partition, int acks, BatchBuilder batch) {
    PartitionProduceData data = new PartitionProduceData(partition, RecordBytes.of(batch.build()));
    return ProduceRequest.builder()
        .acks((short) acks)
        .timeoutMs(5_000)
        .topicData(
            List.of(TopicProduceData.builder().name(topic).partitionData(List.of(data)).build()))
        .build();
  }

  public BatchBuilder batch(String... values) {
    BatchBuilder builder = BatchBuilder.from(0);
    for (String value : values) {
      builder.append(owners().clock().wallMs(), Bytes.utf8("k"), Bytes.utf8(value));
    }
    return builder;
  }
}
