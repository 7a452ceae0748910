package dev.millrace.broker.forward;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.base.bytes.Uuid;
import dev.millrace.broker.AppliedMetadata;
import dev.millrace.net.NetException;
import dev.millrace.net.call.Exchange.Question;
import dev.millrace.net.call.Reading;
import dev.millrace.quorum.control.AllocateProducerIds;
import dev.millrace.quorum.control.AlterPartition;
import dev.millrace.quorum.control.AssignDirectories;
import dev.millrace.quorum.control.BrokerHeartbeat;
import dev.millrace.quorum.control.CreateTopics;
import dev.millrace.quorum.control.CreateTopics.CreatedTopic;
import dev.millrace.quorum.control.Outcome;
import dev.millrace.quorum.control.RegisterBroker;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.Request;
import dev.millrace.wire.Response;
import dev.millrace.wire.WireReader;
import dev.millrace.wire.WireWriter;
import dev.millrace.wire.message.AllocateProducerIdsRequest;
import dev.millrace.wire.message.AllocateProducerIdsResponse;
import dev.millrace.wire.message.AlterPartitionResponse;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.AssignReplicasToDirsResponse;
import dev.millrace.wire.message.BrokerHeartbeatRequest;
import dev.millrace.wire.message.BrokerHeartbeatResponse;
import dev.millrace.wire.message.BrokerRegistrationRequest;
import dev.millrace.wire.message.BrokerRegistrationResponse;
import dev.millrace.wire.message.CreateTopicsResponse;
import dev.millrace.wire.message.RequestHeader;
import dev.millrace.wire.message.ResponseHeader;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/** Commands of a node as requests to the active controller. Safe for any thread. */
public final class CommandCalls {
  private static final int BEAT_MS = 1_000;
  private static final int REGISTER_MS = 5_000;
  private static final int ALLOCATE_MS = 5_000;
  private static final int ALTER_MS = 10_000;

  private final String clusterId;
  private final ControllerLink link;
  private final Envelopes envelopes;
  private final AppliedMetadata applied;

  /**
   * @param applied tells when this node acts on a topic that was made for it
   */
  public CommandCalls(
      String clusterId, ControllerLink link, Envelopes envelopes, AppliedMetadata applied) {
    this.clusterId = clusterId;
    this.link = link;
    this.envelopes = envelopes;
    this.applied = applied;
  }

  void beat(BrokerHeartbeat command, Consumer<Outcome<BrokerHeartbeat.State>> reply) {
    BrokerHeartbeatRequest request =
        BrokerHeartbeatRequest.builder()
            .brokerId(command.brokerId())
            .brokerEpoch(command.brokerEpoch())
            .currentMetadataOffset(command.metadataOffset())
            .wantFence(command.wants().fence())
            .wantShutDown(command.wants().shutDown())
            .offlineLogDirs(command.offline())
            .cordonedLogDirs(command.cordoned())
            .build();
    ask(
        new Call<>(request, BrokerHeartbeatResponse::read, BEAT_MS),
        BrokerHeartbeatResponse::errorCode,
        answer ->
            new BrokerHeartbeat.State(
                answer.isCaughtUp(), answer.isFenced(), answer.shouldShutDown()),
        reply);
  }

  void register(RegisterBroker command, Consumer<Outcome<Long>> reply) {
    BrokerRegistrationRequest request =
        BrokerRegistrationRequest.builder()
            .brokerId(command.brokerId())
            .clusterId(clusterId)
            .incarnationId(command.incarnation())
            .listeners(
                command.endpoints().stream()
                    .map(one ->
                        new BrokerRegistrationRequest.Listener(
                            one.name(), one.host(), one.port(), one.securityProtocol()))
                    .toList())
            .features(
                command.features().stream()
                    .map(one ->
                        new BrokerRegistrationRequest.Feature(
                            one.name(), one.minSupportedVersion(), one.maxSupportedVersion()))
                    .toList())
            .rack(command.rack())
            .logDirs(command.directories())
            .previousBrokerEpoch(command.predecessor().cleanEpoch())
            .build();
    ask(
        new Call<>(request, BrokerRegistrationResponse::read, REGISTER_MS),
        BrokerRegistrationResponse::errorCode,
        BrokerRegistrationResponse::brokerEpoch,
        reply);
  }

  void allocate(AllocateProducerIds command, Consumer<Outcome<AllocateProducerIds.Block>> reply) {
    ask(
        new Call<>(
            new AllocateProducerIdsRequest(command.brokerId(), command.brokerEpoch()),
            AllocateProducerIdsResponse::read,
            ALLOCATE_MS),
        AllocateProducerIdsResponse::errorCode,
        answer -> new AllocateProducerIds.Block(answer.producerIdStart(), answer.producerIdLen()),
        reply);
  }

  void alter(AlterPartition command, Consumer<Outcome<List<Outcome<PartitionImage>>>> reply) {
    InSyncWire wire = new InSyncWire(command);
    ask(
        new Call<>(wire.request(), AlterPartitionResponse::read, ALTER_MS),
        AlterPartitionResponse::errorCode,
        wire::outcomes,
        reply);
  }

  void assign(AssignDirectories command, Consumer<Outcome<List<Outcome<Uuid>>>> reply) {
    DirectoriesWire wire = new DirectoriesWire(command);
    ask(
        new Call<>(wire.request(), AssignReplicasToDirsResponse::read, ALTER_MS),
        AssignReplicasToDirsResponse::errorCode,
        wire::outcomes,
        reply);
  }

  /** Topics are asked for in an envelope, because its answer says when this node knows them. */
  void create(CreateTopics command, Consumer<Outcome<Map<String, Outcome<CreatedTopic>>>> reply) {
    TopicWire wire = new TopicWire(command);
    envelopes.send(
        frame(wire.request()),
        InetAddress.getLoopbackAddress(),
        answer ->
            applied.whenApplied(
                answer.offset(),
                () -> reply.accept(Outcome.done(wire.outcomes(created(answer.frame()))))),
        fault -> reply.accept(lost(fault)));
  }

  private static Bytes frame(Request request) {
    ApiKey key = request.apiKey();
    short version = key.highestStableVersion();
    short headerVersion = key.requestHeaderVersion(version);
    RequestHeader header =
        RequestHeader.builder()
            .requestApiKey(key.id())
            .requestApiVersion(version)
            .clientId("node")
            .build();
    ByteBuffer bytes = ByteBuffer.allocate(header.size(headerVersion) + request.size(version));
    WireWriter out = new WireWriter(bytes);
    header.write(out, headerVersion);
    request.write(out, version);
    return Bytes.copyOf(bytes.flip());
  }

  private static CreateTopicsResponse created(Bytes frame) {
    short version = ApiKey.CREATE_TOPICS.highestStableVersion();
    WireReader in = new WireReader(frame.buffer());
    ResponseHeader.read(in, ApiKey.CREATE_TOPICS.responseHeaderVersion(version));
    return CreateTopicsResponse.read(in, version);
  }

  /** A question of a node: what, how its answer is read, and how long it may take. */
  private record Call<A extends Response>(Request request, Reading<A> reading, int patienceMs) {}

  private <A extends Response, R> void ask(
      Call<A> call, ToIntFunction<A> error, Function<A, R> value, Consumer<Outcome<R>> reply) {
    link.ask(
        new ControllerLink.Ask<>(
            Question.of(call.request(), call.reading(), call.patienceMs()),
            call.patienceMs(),
            error,
            answer -> reply.accept(outcome((short) error.applyAsInt(answer), answer, value)),
            fault -> reply.accept(lost(fault))));
  }

  private static <A, R> Outcome<R> outcome(short code, A answer, Function<A, R> value) {
    if (code == ErrorCode.NONE.code()) {
      return Outcome.done(value.apply(answer));
    }
    ErrorCode error = ErrorCode.of(code);
    return Outcome.refused(
        error == null ? ErrorCode.UNKNOWN_SERVER_ERROR : error,
        "the active controller refuses it, error=" + (error == null ? code : error));
  }

  private static <R> Outcome<R> lost(NetException fault) {
    return Outcome.refused(ErrorCode.NOT_CONTROLLER, String.valueOf(fault.getMessage()));
  }
}
