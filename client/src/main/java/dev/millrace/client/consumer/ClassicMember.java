package dev.millrace.client.consumer;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.base.turns.Timeout;
import dev.millrace.client.ClientException;
import dev.millrace.client.ClusterView.Topic;
import dev.millrace.client.TopicPartition;
import dev.millrace.client.call.Answers;
import dev.millrace.client.call.CoordinatorLink;
import dev.millrace.client.call.PollDeadline;
import dev.millrace.client.call.Rounds;
import dev.millrace.client.call.Topology;
import dev.millrace.net.call.Exchange.Question;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.Request;
import dev.millrace.wire.WireException;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.HeartbeatRequest;
import dev.millrace.wire.message.HeartbeatResponse;
import dev.millrace.wire.message.JoinGroupRequest;
import dev.millrace.wire.message.JoinGroupRequest.JoinGroupRequestProtocol;
import dev.millrace.wire.message.JoinGroupResponse;
import dev.millrace.wire.message.LeaveGroupRequest;
import dev.millrace.wire.message.LeaveGroupRequest.MemberIdentity;
import dev.millrace.wire.message.LeaveGroupResponse;
import dev.millrace.wire.message.SyncGroupRequest;
import dev.millrace.wire.message.SyncGroupRequest.SyncGroupRequestAssignment;
import dev.millrace.wire.message.SyncGroupResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A member of a classic group: joins, syncs, beats, and divides the partitions when it leads. In
 * turns. A round is one join and sync; while one is on its way, reasons for another are remembered.
 * What an answer of an earlier round says is not listened to.
 */
final class ClassicMember implements Membership {
  private static final System.Logger LOG = System.getLogger("dev.millrace.client.consumer");
  private static final int LEAVE_BY_MEMBERS = 3;
  private static final int JOIN_GRACE_MS = 5_000;

  private final Topology topology;
  private final CoordinatorLink link;
  private final ConsumerSettings settings;
  private final Host host;
  private final List<Assignor> assignors;
  private final boolean isCooperative;
  private final PollDeadline deadline;
  private Set<String> topics = Set.of();
  private Map<String, Integer> dividedSizes = Map.of();
  private String memberId = "";
  private int generation = -1;
  private final Rounds rounds = new Rounds();
  private boolean isBusy;
  private boolean isJoined;
  private boolean again;
  private boolean over;
  private boolean idle = true;
  private @Nullable Timeout heartbeat;

  ClassicMember(Topology topology, CoordinatorLink link, ConsumerSettings settings, Host host) {
    this.topology = topology;
    this.link = link;
    this.settings = settings;
    this.host = host;
    this.assignors = settings.assignors.stream().map(Assignor::named).toList();
    this.isCooperative = assignors.stream().allMatch(Assignor::isCooperative);
    this.deadline =
        new PollDeadline(
            topology.network().turns(),
            topology.network().clock(),
            settings.pollIntervalMs + settings.pollNewsMs(),
            this::leaveBecauseSlow);
  }

  @Override
  public void subscribe(Set<String> wanted) {
    boolean changed = !topics.equals(wanted);
    topics = new TreeSet<>(wanted);
    if (changed || !isJoined) {
      idle = false;
      rejoin();
    }
  }

  @Override
  public void topologyChanged() {
    if (isJoined && !dividedSizes.isEmpty() && !sizes(dividedSizes.keySet()).equals(dividedSizes)) {
      rejoin();
    }
  }

  @Override
  public void polled() {
    deadline.polled();
    if (idle && !topics.isEmpty() && !over) {
      idle = false;
      rejoin();
    }
  }

  @Override
  public int generation() {
    return generation;
  }

  @Override
  public String memberId() {
    return memberId;
  }

  /**
   * A commit of the round that is over may be refused while the next one is on its way; that one
   * knows better where we stand.
   */
  @Override
  public void stale(ErrorCode error, int ofGeneration) {
    if (!isBusy && ofGeneration == generation) {
      dropOut(error == ErrorCode.UNKNOWN_MEMBER_ID);
    }
  }

  @Override
  public CompletableFuture<Void> leave() {
    over = true;
    stopBeating();
    deadline.stop();
    String leaver = memberId;
    CompletableFuture<Void> left = new CompletableFuture<>();
    if (memberId.isEmpty() || settings.instanceId != null) {
      left.complete(null);
    } else {
      link.callAside(
          new Question<>(
              ApiKey.LEAVE_GROUP,
              Short.MAX_VALUE,
              version -> leaving(version, leaver),
              LeaveGroupResponse::read,
              settings.requestTimeoutMs),
          answer -> left.complete(null),
          e -> left.complete(null));
    }
    return left;
  }

  private Request leaving(int version, String leaver) {
    LeaveGroupRequest.Builder request = LeaveGroupRequest.builder().groupId(link.key());
    return version >= LEAVE_BY_MEMBERS
        ? request.members(List.of(MemberIdentity.builder().memberId(leaver).build())).build()
        : request.memberId(leaver).build();
  }

  private void rejoin() {
    if (isBusy) {
      again = true;
      return;
    }
    if (over || topics.isEmpty() || idle) {
      return;
    }
    isBusy = true;
    again = false;
    rounds.next();
    deadline.watch();
    if (!isCooperative && !host.owned().isEmpty()) {
      host.revoke(host.owned(), rounds.ofThis(this::join));
    } else {
      join();
    }
  }

  private void join() {
    if (over) {
      return;
    }
    Bytes metadata =
        GroupProtocol.subscription(
            topics, host.owned(), generation, settings.rack.isEmpty() ? null : settings.rack);
    List<JoinGroupRequestProtocol> protocols = new ArrayList<>();
    for (Assignor assignor : assignors) {
      protocols.add(
          JoinGroupRequestProtocol.builder().name(assignor.name()).metadata(metadata).build());
    }
    JoinGroupRequest request =
        JoinGroupRequest.builder()
            .groupId(link.key())
            .sessionTimeoutMs(settings.sessionTimeoutMs)
            .rebalanceTimeoutMs(settings.pollIntervalMs)
            .memberId(memberId)
            .groupInstanceId(settings.instanceId)
            .protocolType("consumer")
            .protocols(protocols)
            .build();
    int timeoutMs = Math.max(settings.requestTimeoutMs, settings.pollIntervalMs + JOIN_GRACE_MS);
    link.call(
        Question.of(request, JoinGroupResponse::read, timeoutMs),
        rounds.ofThis(this::joined),
        rounds.ofThis(this::failed));
  }

  private void joined(JoinGroupResponse answer) {
    ErrorCode error = ErrorCode.of(answer.errorCode());
    if (error == ErrorCode.MEMBER_ID_REQUIRED) {
      memberId = answer.memberId();
      join();
      return;
    }
    if (error != ErrorCode.NONE) {
      refused(error, "join");
      return;
    }
    memberId = answer.memberId();
    generation = answer.generationId();
    boolean leads = answer.leader().equals(memberId) && !answer.skipAssignment();
    if (leads) {
      divide(answer);
    } else {
      dividedSizes = Map.of();
      sync(answer, Map.of());
    }
  }

  /** The leader's part: waits until the members' topics are known, then divides. */
  private void divide(JoinGroupResponse answer) {
    try {
      Map<String, Assignor.Member> members = new TreeMap<>();
      Set<String> all = new TreeSet<>();
      answer
          .members()
          .forEach(member -> {
            Assignor.Member read =
                GroupProtocol.member(member.groupInstanceId(), member.metadata());
            members.put(member.memberId(), read);
            all.addAll(read.topics());
          });
      awaitTopics(
          all,
          rounds.ofThis(() -> {
            dividedSizes = sizes(all);
            String chosen = answer.protocolName();
            Assignor assignor = Assignor.named(chosen == null ? "range" : chosen);
            sync(answer, assignor.assign(members, dividedSizes));
          }));
    } catch (WireException e) {
      host.fail(
          new ConsumerException.Fatal(
              "a member of the group does not speak the consumer protocol, group="
                  + link.key()
                  + " cause="
                  + e.getMessage(),
              e));
    }
  }

  private void awaitTopics(Set<String> all, Runnable then) {
    all.forEach(topology::want);
    boolean known =
        all.stream()
            .allMatch(topic ->
                topology.view().topics().containsKey(topic)
                    || topology.view().missing().containsKey(topic));
    if (known) {
      then.run();
    } else {
      topology.network().turns().after(settings.backoffMs, () -> awaitTopics(all, then));
    }
  }

  private Map<String, Integer> sizes(Set<String> of) {
    Map<String, Integer> sizes = new TreeMap<>();
    for (String name : of) {
      Topic topic = topology.view().topics().get(name);
      if (topic != null) {
        sizes.put(name, topic.partitions().size());
      }
    }
    return sizes;
  }

  private void sync(JoinGroupResponse joined, Map<String, List<TopicPartition>> divided) {
    List<SyncGroupRequestAssignment> assignments = new ArrayList<>();
    divided.forEach((member, partitions) ->
        assignments.add(
            SyncGroupRequestAssignment.builder()
                .memberId(member)
                .assignment(GroupProtocol.assignment(partitions))
                .build()));
    SyncGroupRequest request =
        SyncGroupRequest.builder()
            .groupId(link.key())
            .generationId(generation)
            .memberId(memberId)
            .groupInstanceId(settings.instanceId)
            .protocolType("consumer")
            .protocolName(joined.protocolName())
            .assignments(assignments)
            .build();
    int timeoutMs = Math.max(settings.requestTimeoutMs, settings.pollIntervalMs + JOIN_GRACE_MS);
    beatLater();
    link.call(
        Question.of(request, SyncGroupResponse::read, timeoutMs),
        rounds.ofThis(this::synced),
        rounds.ofThis(this::failed));
  }

  private void synced(SyncGroupResponse answer) {
    ErrorCode error = ErrorCode.of(answer.errorCode());
    if (error != ErrorCode.NONE) {
      refused(error, "sync");
      return;
    }
    isJoined = true;
    Step step = Step.between(host.owned(), GroupProtocol.assigned(answer.assignment()));
    step.giveUp(
        host, rounds.ofThis(() -> host.assign(step.coming(), () -> settled(step.givesUp()))));
  }

  private void settled(boolean gaveUp) {
    isBusy = false;
    if (again || (gaveUp && isCooperative)) {
      rejoin();
    }
  }

  private void refused(@Nullable ErrorCode error, String what) {
    link.look(error);
    if (error == null) {
      giveUp(ErrorCode.UNKNOWN_SERVER_ERROR, what);
      return;
    }
    switch (error) {
      case UNKNOWN_MEMBER_ID, ILLEGAL_GENERATION -> {
        isBusy = false;
        dropOut(error == ErrorCode.UNKNOWN_MEMBER_ID);
      }
      case REBALANCE_IN_PROGRESS,
          NOT_COORDINATOR,
          COORDINATOR_NOT_AVAILABLE,
          COORDINATOR_LOAD_IN_PROGRESS,
          REQUEST_TIMED_OUT ->
          later();
      case FENCED_INSTANCE_ID -> {
        over = true;
        host.lose(() -> {});
        host.fail(
            new ConsumerException.Fenced(
                "another consumer has this group.instance.id, group="
                    + link.key()
                    + " group.instance.id="
                    + settings.instanceId,
                null));
      }
      default -> giveUp(error, what);
    }
  }

  private void giveUp(ErrorCode error, String what) {
    over = true;
    host.fail(
        new ConsumerException.Fatal(
            what + " was refused, group=" + link.key() + " fault=" + error, null));
  }

  private void failed(ClientException e) {
    if (e.mayPass()) {
      later();
    } else {
      over = true;
      host.fail(new ConsumerException.Fatal("group can not be joined: " + e.getMessage(), e));
    }
  }

  /** The same round's work again after a while. */
  private void later() {
    topology
        .network()
        .turns()
        .after(
            settings.backoffMs,
            rounds.ofThis(() -> {
              isBusy = false;
              rejoin();
            }));
  }

  /** The group goes on without us: others may have our partitions. */
  private void dropOut(boolean forgetsMember) {
    if (isBusy) {
      return; // the join or sync that is on its way hears the same, and must keep what it said
    }
    stopBeating();
    generation = -1;
    isJoined = false;
    if (forgetsMember) {
      memberId = "";
    }
    isBusy = true;
    rounds.next();
    host.lose(() -> {
      isBusy = false;
      rejoin();
    });
  }

  private void beatLater() {
    if (heartbeat == null && !over) {
      heartbeat = topology.network().turns().after(settings.heartbeatMs, this::beat);
    }
  }

  private void stopBeating() {
    if (heartbeat != null) {
      heartbeat.cancel();
      heartbeat = null;
    }
  }

  private void beat() {
    heartbeat = null;
    int beatGeneration = generation;
    HeartbeatRequest request =
        HeartbeatRequest.builder()
            .groupId(link.key())
            .generationId(generation)
            .memberId(memberId)
            .groupInstanceId(settings.instanceId)
            .build();
    link.call(
        Question.of(request, HeartbeatResponse::read, settings.requestTimeoutMs),
        answer -> {
          if (!over && beatGeneration == generation) {
            beaten(ErrorCode.of(answer.errorCode()));
          }
        },
        e -> beatLater());
  }

  private void beaten(@Nullable ErrorCode error) {
    link.look(error);
    beatLater();
    if (error == ErrorCode.REBALANCE_IN_PROGRESS) {
      rejoin();
    } else if (error == ErrorCode.UNKNOWN_MEMBER_ID || error == ErrorCode.ILLEGAL_GENERATION) {
      dropOut(error == ErrorCode.UNKNOWN_MEMBER_ID);
    } else if (error == ErrorCode.FENCED_INSTANCE_ID) {
      refused(error, "heartbeat");
    }
  }

  /** The program does not poll: its partitions should go to somebody who does. */
  private void leaveBecauseSlow() {
    if (over) {
      return;
    }
    LOG.log(
        System.Logger.Level.WARNING,
        "left the group because nobody polled for max.poll.interval.ms="
            + settings.pollIntervalMs
            + ", poll more often or with a smaller max.poll.records, group="
            + link.key());
    Answers.tell(leave(), (none, fault) -> LOG.log(System.Logger.Level.DEBUG, "left the group"));
    over = false;
    memberId = "";
    generation = -1;
    isJoined = false;
    isBusy = true;
    again = false;
    idle = true;
    rounds.next();
    boolean heldNone = host.owned().isEmpty();
    host.lose(() -> {
      isBusy = false;
      if (!heldNone) { // only a poll hears of a loss
        deadline.polled();
        idle = false;
        rejoin();
      }
    });
  }
}
