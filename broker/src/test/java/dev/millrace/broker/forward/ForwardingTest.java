package dev.millrace.broker.forward;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.settings.BrokerSettings;
import dev.millrace.base.settings.StaticSettings;
import dev.millrace.base.sim.SimOwners;
import dev.millrace.base.turns.Turns;
import dev.millrace.broker.AdminHandlers;
import dev.millrace.broker.AppliedMetadata;
import dev.millrace.broker.Broker;
import dev.millrace.broker.Handlers;
import dev.millrace.broker.Node;
import dev.millrace.broker.control.ControllerHandlers;
import dev.millrace.broker.fake.Client;
import dev.millrace.broker.fake.FakeConnection;
import dev.millrace.broker.fake.FakeConnection.FakeReply;
import dev.millrace.net.Endpoint;
import dev.millrace.net.call.Network;
import dev.millrace.net.call.Network.Lane;
import dev.millrace.net.sim.SimNetwork;
import dev.millrace.quorum.control.AllocateProducerIds;
import dev.millrace.quorum.control.Bootstrap;
import dev.millrace.quorum.control.BrokerHeartbeat;
import dev.millrace.quorum.control.Command;
import dev.millrace.quorum.control.Controller;
import dev.millrace.quorum.control.CreateTopics;
import dev.millrace.quorum.control.CreateTopics.NewTopic;
import dev.millrace.quorum.control.Outcome;
import dev.millrace.quorum.control.RegisterBroker;
import dev.millrace.quorum.record.RegisterBrokerRecord.BrokerEndpoint;
import dev.millrace.quorum.sim.SharedLog;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.CreateTopicsRequest;
import dev.millrace.wire.message.CreateTopicsRequest.CreatableTopic;
import dev.millrace.wire.message.CreateTopicsResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Three controllers, a client at each of their brokers, and a network between them. */
class ForwardingTest {
  private static final String CLUSTER = "test-cluster-id-000000";
  private static final long LIMIT_MS = 60_000;
  private static final int PATIENCE_MS = 10_000;
  private static final long SEED = Long.getLong("millrace.seed", 4_711L);

  private final SimOwners owners = new SimOwners(SEED);
  private final RandomGenerator random = owners.random("test");
  private final SimNetwork network = new SimNetwork(owners);
  private final SharedLog log = new SharedLog(owners, List.of(1, 2, 3));
  private final Map<Integer, Endpoint> controllers =
      Map.of(1, new Endpoint("n1", 9093), 2, new Endpoint("n2", 9093), 3, new Endpoint("n3", 9093));
  private final Map<Integer, Member> members = new TreeMap<>();

  /** One node. */
  private final class Member implements Controller.Events {
    final int id;
    final Controller controller;
    final RemoteController remote;
    final Client client;

    Member(int id) {
      this.id = id;
      BrokerSettings settings =
          BrokerSettings.of(StaticSettings.read(Map.of("node.id", Integer.toString(id))));
      Turns quorum = owners.owner("quorum" + id);
      controller =
          new Controller(
              new Controller.Setup(id, settings, owners.random("controller" + id), this),
              quorum,
              log.join(id, quorum));
      controller.start();
      Node node = new Node(id, CLUSTER, settings, controller::image);
      AppliedMetadata applied = (offset, then) -> awaitImage(quorum, offset, then);
      network.listen(
          id,
          controllers.get(id),
          "CONTROLLER",
          owners.owner("loop" + id),
          ControllerHandlers.desk(
              node,
              controller::submit,
              new ControllerHandlers.Controllers(controller::leader, () -> controllers),
              List.of(),
              owners.clock()));
      Network calls = network.network(id, "node-" + id, owners.owner("peers" + id));
      ControllerLink link =
          new ControllerLink(calls, Lane.GENERAL, controller::leader, () -> controllers);
      Envelopes envelopes =
          new Envelopes(
              new ControllerLink(calls, Lane.ADMIN, controller::leader, () -> controllers),
              PATIENCE_MS);
      remote =
          new RemoteController(
              id,
              controller::leader,
              controller::submit,
              new CommandCalls(CLUSTER, link, envelopes, applied));
      Broker broker =
          new Broker(
              Handlers.withApiVersions(
                  AdminHandlers.all(node, controller::submit, remote, applied, owners.clock()),
                  node),
              owners.clock(),
              new Forwarding(id, controller::leader, envelopes, applied));
      client = new Client(broker, new FakeConnection(owners.owner("client" + id), "PLAINTEXT"));
    }

    private void awaitImage(Turns turns, long offset, Runnable then) {
      if (controller.image().offset() >= offset) {
        then.run();
      } else {
        turns.after(1, () -> awaitImage(turns, offset, then));
      }
    }

    @Override
    public void leading() {
      controller.submit(new Bootstrap(Map.of()), outcome -> {});
    }

    @Override
    public void failed(RuntimeException cause) {
      throw cause;
    }
  }

  @BeforeEach
  void start() {
    for (int id = 1; id <= 3; id++) {
      members.put(id, new Member(id));
    }
    for (Member member : members.values()) {
      long epoch =
          decide(
              member,
              new RegisterBroker(
                  member.id,
                  Uuid.random(random),
                  List.of(
                      BrokerEndpoint.builder()
                          .name("PLAINTEXT")
                          .host("n" + member.id)
                          .port(9092)
                          .build()),
                  null,
                  List.of(Uuid.random(random)),
                  new RegisterBroker.Predecessor(false, -1)));
      BrokerHeartbeat.State state =
          decide(
              member,
              new BrokerHeartbeat(
                  member.id, epoch, epoch, BrokerHeartbeat.Wants.WORK, List.of(), null));
      assertThat(state.fenced()).isFalse();
      beatForEver(member, epoch);
    }
  }

  private void beatForEver(Member member, long epoch) {
    owners
        .owner("beat" + member.id)
        .after(
            300,
            () -> {
              member.remote.submit(
                  new BrokerHeartbeat(
                      member.id, epoch, epoch, BrokerHeartbeat.Wants.WORK, List.of(), null),
                  outcome -> {});
              beatForEver(member, epoch);
            });
  }

  @Test
  void aTopicIsMadeThroughAnyNodeAndThereWhenItIsAnswered() {
    for (Member member : members.values()) {
      CreateTopicsResponse answer = create(member, "t" + member.id);
      assertThat(answer.topics().getFirst().errorCode()).isZero();
      assertThat(member.controller.image().topic("t" + member.id)).isNotNull();
    }
  }

  @Test
  void nodesAskForTopicsAndIdsThemselves() {
    Set<Long> firsts = new HashSet<>();
    for (Member member : members.values()) {
      String name = "own" + member.id;
      assertThat(decide(member, new CreateTopics(List.of(NewTopic.of(name)), false)))
          .containsKey(name);
      assertThat(member.controller.image().topic(name)).isNotNull();
      long epoch = member.controller.image().broker(member.id).epoch();
      firsts.add(decide(member, new AllocateProducerIds(member.id, epoch)).first());
    }
    assertThat(firsts).hasSize(3);
  }

  @Test
  void withoutAControllerTheErrorSaysSo() {
    log.cut(2);
    log.cut(3);
    network.isolate(2);
    network.isolate(3);
    owners.runMs(5_000);
    CreateTopicsResponse answer = create(members.get(1), "never");
    assertThat(answer.topics().getFirst().errorCode()).isEqualTo(ErrorCode.NOT_CONTROLLER.code());
  }

  /** Whatever is answered without an error is there for ever. */
  @Test
  void answeredChangesSurviveEveryChangeOfTheController() {
    List<String> made = new ArrayList<>();
    network.weather(5, 5);
    for (int i = 0; i < 60; i++) {
      if (random.nextInt(3) == 0) {
        log.depose();
      }
      Member member = members.get(1 + random.nextInt(3));
      String name = "t" + i;
      CreateTopicsResponse answer = create(member, name);
      short error = answer.topics().getFirst().errorCode();
      if (error == 0) {
        made.add(name);
        assertThat(member.controller.image().topic(name)).as("seed=" + SEED).isNotNull();
      }
    }
    network.weather(1, 0);
    owners.runMs(3_000);
    assertThat(made).as("seed=" + SEED).hasSizeGreaterThan(20);
    for (Member member : members.values()) {
      assertThat(made)
          .as("seed=" + SEED)
          .allMatch(name -> member.controller.image().topic(name) != null);
    }
  }

  private CreateTopicsResponse create(Member member, String name) {
    CreateTopicsRequest request =
        CreateTopicsRequest.builder()
            .topics(
                List.of(
                    CreatableTopic.builder()
                        .name(name)
                        .numPartitions(2)
                        .replicationFactor((short) 3)
                        .build()))
            .timeoutMs(PATIENCE_MS)
            .build();
    FakeReply reply = member.client.send(request, 7);
    owners.runUntil(() -> reply.frame() != null, LIMIT_MS);
    return Client.answer(CreateTopicsResponse.class, reply, 7);
  }

  private <R> R decide(Member member, Command<R> command) {
    AtomicReference<Outcome<R>> outcome = new AtomicReference<>();
    member.remote.submit(command, outcome::set);
    owners.runUntil(() -> outcome.get() != null, LIMIT_MS);
    if (outcome.get() instanceof Outcome.Done<R> done) {
      return done.value();
    }
    throw new AssertionError("command was refused, seed=" + SEED + " outcome=" + outcome.get());
  }
}
