package dev.millrace.coordinator.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.sim.SimOwners;
import dev.millrace.coordinator.CoordinatorLog.Entry;
import dev.millrace.coordinator.MemoryLog;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.WireWriter;
import dev.millrace.wire.message.ConsumerProtocolSubscription;
import dev.millrace.wire.message.DescribeGroupsResponse.DescribedGroup;
import dev.millrace.wire.message.HeartbeatRequest;
import dev.millrace.wire.message.HeartbeatResponse;
import dev.millrace.wire.message.JoinGroupRequest;
import dev.millrace.wire.message.JoinGroupRequest.JoinGroupRequestProtocol;
import dev.millrace.wire.message.JoinGroupResponse;
import dev.millrace.wire.message.LeaveGroupRequest;
import dev.millrace.wire.message.LeaveGroupRequest.MemberIdentity;
import dev.millrace.wire.message.LeaveGroupResponse;
import dev.millrace.wire.message.OffsetCommitRequest;
import dev.millrace.wire.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import dev.millrace.wire.message.OffsetCommitRequest.OffsetCommitRequestTopic;
import dev.millrace.wire.message.OffsetCommitResponse;
import dev.millrace.wire.message.OffsetFetchRequest.OffsetFetchRequestGroup;
import dev.millrace.wire.message.OffsetFetchRequest.OffsetFetchRequestTopics;
import dev.millrace.wire.message.OffsetFetchResponse.OffsetFetchResponseGroup;
import dev.millrace.wire.message.SyncGroupRequest;
import dev.millrace.wire.message.SyncGroupRequest.SyncGroupRequestAssignment;
import dev.millrace.wire.message.SyncGroupResponse;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One coordinator with one partition, in virtual time, and the requests that tests send. */
final class GroupWorld {
  static final String GROUP = "group";
  static final GroupClient CLIENT = new GroupClient("client", "/127.0.0.1");
  static final JoinRules NEWEST = new JoinRules(true, true);
  static final JoinRules OLDEST = new JoinRules(false, false);
  static final int SESSION_MS = 10_000;
  static final int REBALANCE_MS = 60_000;

  final SimOwners owners;
  private final GroupSettings settings;
  private int epoch;
  private MemoryLog log;
  private GroupCoordinator coordinator;

  GroupWorld() {
    this(1, GroupSettings.DEFAULTS);
  }

  GroupWorld(long seed, GroupSettings settings) {
    this.owners = new SimOwners(seed);
    this.settings = settings;
    this.log = new MemoryLog(owners.owner("disk"), List.of());
    this.coordinator = open(log);
    settle();
  }

  GroupCoordinator coordinator() {
    return coordinator;
  }

  MemoryLog log() {
    return log;
  }

  /** Another node becomes the coordinator, with the first {@code entries} of the log. */
  void failOver(int entries) {
    GroupCoordinator old = coordinator;
    List<Entry> kept = List.copyOf(log.entries().subList(0, entries));
    log = new MemoryLog(owners.owner("disk"), kept);
    coordinator = open(log);
    old.close();
    settle();
  }

  void failOver() {
    failOver(log.entries().size());
  }

  private GroupCoordinator open(MemoryLog onto) {
    GroupCoordinator opened =
        new GroupCoordinator(
            settings,
            owners.clock(),
            List.of(owners.owner("coordinator")),
            () -> 1,
            owners.random("ids" + epoch),
            ConsumerRules.DEFAULTS);
    opened.elected(0, epoch++, onto);
    return opened;
  }

  /** Runs what is to be done now, without letting much time pass. */
  void settle() {
    owners.runMs(5);
  }

  void passMs(long ms) {
    owners.runMs(ms);
  }

  /** An answer that may come later. */
  static final class Later<R> implements Consumer<R> {
    private final List<R> given = new ArrayList<>();

    @Override
    public void accept(R response) {
      given.add(response);
    }

    boolean isThere() {
      assertThat(given).hasSizeLessThan(2);
      return !given.isEmpty();
    }

    R get() {
      assertThat(given).as("answers").hasSize(1);
      return given.getFirst();
    }
  }

  // Requests

  static JoinGroupRequest.Builder joining(String memberId, String... protocols) {
    List<JoinGroupRequestProtocol> list = new ArrayList<>();
    for (String protocol : protocols) {
      list.add(protocol(protocol, subscription("topic")));
    }
    return JoinGroupRequest.builder()
        .groupId(GROUP)
        .memberId(memberId)
        .sessionTimeoutMs(SESSION_MS)
        .rebalanceTimeoutMs(REBALANCE_MS)
        .protocolType("consumer")
        .protocols(list);
  }

  static JoinGroupRequestProtocol protocol(String name, Bytes metadata) {
    return JoinGroupRequestProtocol.builder().name(name).metadata(metadata).build();
  }

  static Bytes subscription(String... topics) {
    ConsumerProtocolSubscription subscription =
        ConsumerProtocolSubscription.builder().topics(List.of(topics)).build();
    ByteBuffer buffer = ByteBuffer.allocate(2 + subscription.size((short) 0));
    WireWriter out = new WireWriter(buffer);
    out.int16((short) 0);
    subscription.write(out, (short) 0);
    return Bytes.copyOf(buffer.array());
  }

  Later<JoinGroupResponse> join(JoinGroupRequest.Builder request) {
    return join(request, OLDEST);
  }

  Later<JoinGroupResponse> join(JoinGroupRequest.Builder request, JoinRules rules) {
    Later<JoinGroupResponse> answer = new Later<>();
    coordinator.join(request.build(), CLIENT, rules, answer);
    settle();
    return answer;
  }

  Later<SyncGroupResponse> sync(String memberId, int generation, String... assignments) {
    return sync(syncing(memberId, generation, assignments));
  }

  Later<SyncGroupResponse> sync(SyncGroupRequest.Builder request) {
    Later<SyncGroupResponse> answer = new Later<>();
    coordinator.sync(request.build(), answer);
    settle();
    return answer;
  }

  /** {@code assignments} are pairs of member id and what it gets. */
  static SyncGroupRequest.Builder syncing(String memberId, int generation, String... assignments) {
    List<SyncGroupRequestAssignment> list = new ArrayList<>();
    for (int i = 0; i < assignments.length; i += 2) {
      list.add(
          SyncGroupRequestAssignment.builder()
              .memberId(assignments[i])
              .assignment(Bytes.utf8(assignments[i + 1]))
              .build());
    }
    return SyncGroupRequest.builder()
        .groupId(GROUP)
        .memberId(memberId)
        .generationId(generation)
        .assignments(list);
  }

  ErrorCode heartbeat(String memberId, int generation) {
    return heartbeat(memberId, generation, null);
  }

  ErrorCode heartbeat(String memberId, int generation, @Nullable String instanceId) {
    Later<HeartbeatResponse> answer = new Later<>();
    coordinator.heartbeat(
        HeartbeatRequest.builder()
            .groupId(GROUP)
            .memberId(memberId)
            .generationId(generation)
            .groupInstanceId(instanceId)
            .build(),
        answer);
    settle();
    return error(answer.get().errorCode());
  }

  LeaveGroupResponse leave(MemberIdentity... members) {
    Later<LeaveGroupResponse> answer = new Later<>();
    coordinator.leave(
        LeaveGroupRequest.builder().groupId(GROUP).members(List.of(members)).build(), answer);
    settle();
    return answer.get();
  }

  static MemberIdentity who(String memberId, @Nullable String instanceId) {
    return MemberIdentity.builder().memberId(memberId).groupInstanceId(instanceId).build();
  }

  ErrorCode leave(String memberId) {
    LeaveGroupResponse response = leave(who(memberId, null));
    return error(
        response.errorCode() != 0
            ? response.errorCode()
            : response.members().getFirst().errorCode());
  }

  static OffsetCommitRequest.Builder committing(
      String memberId, int generation, String topic, int partition, long offset) {
    return OffsetCommitRequest.builder()
        .groupId(GROUP)
        .memberId(memberId)
        .generationIdOrMemberEpoch(generation)
        .topics(
            List.of(
                OffsetCommitRequestTopic.builder()
                    .name(topic)
                    .partitions(
                        List.of(
                            OffsetCommitRequestPartition.builder()
                                .partitionIndex(partition)
                                .committedOffset(offset)
                                .committedLeaderEpoch(3)
                                .committedMetadata("m" + offset)
                                .build()))
                    .build()));
  }

  Later<OffsetCommitResponse> send(OffsetCommitRequest.Builder request) {
    Later<OffsetCommitResponse> answer = new Later<>();
    coordinator.commit(request.build(), true, answer);
    settle();
    return answer;
  }

  ErrorCode commit(String memberId, int generation, String topic, int partition, long offset) {
    return error(send(committing(memberId, generation, topic, partition, offset)).get());
  }

  static ErrorCode error(OffsetCommitResponse response) {
    return error(response.topics().getFirst().partitions().getFirst().errorCode());
  }

  OffsetFetchResponseGroup fetch(boolean stableOnly, String topic, int... partitions) {
    List<Integer> indexes = new ArrayList<>();
    for (int partition : partitions) {
      indexes.add(partition);
    }
    return fetch(
        stableOnly,
        List.of(OffsetFetchRequestTopics.builder().name(topic).partitionIndexes(indexes).build()));
  }

  OffsetFetchResponseGroup fetch(
      boolean stableOnly, @Nullable List<OffsetFetchRequestTopics> topics) {
    Later<List<OffsetFetchResponseGroup>> answer = new Later<>();
    coordinator.fetch(
        List.of(OffsetFetchRequestGroup.builder().groupId(GROUP).topics(topics).build()),
        stableOnly,
        answer);
    settle();
    return answer.get().getFirst();
  }

  long offset(String topic, int partition) {
    return fetch(false, topic, partition)
        .topics()
        .getFirst()
        .partitions()
        .getFirst()
        .committedOffset();
  }

  DescribedGroup describe() {
    Later<List<DescribedGroup>> answer = new Later<>();
    coordinator.describe(List.of(GROUP), answer);
    settle();
    return answer.get().getFirst();
  }

  String state() {
    return describe().groupState();
  }

  ErrorCode delete() {
    Later<List<ErrorCode>> answer = new Later<>();
    coordinator.delete(List.of(GROUP), answer);
    settle();
    return answer.get().getFirst();
  }

  void deleteTopic(String topic, Uuid id) {
    coordinator.topicDeleted(topic, id);
    settle();
  }

  static ErrorCode error(short code) {
    ErrorCode error = ErrorCode.of(code);
    assertThat(error).as("error " + code).isNotNull();
    return error == null ? ErrorCode.UNKNOWN_SERVER_ERROR : error;
  }

  // Whole rounds

  /** A member of the first generation of the group, alone and leading. */
  String stableMember() {
    Later<JoinGroupResponse> joined = join(joining("", "range"));
    passMs(settings.membership().initialRebalanceDelayMs() + 10);
    String id = joined.get().memberId();
    assertThat(error(sync(id, joined.get().generationId(), id, "all").get().errorCode()))
        .isEqualTo(ErrorCode.NONE);
    return id;
  }

  /** A leader and a follower in the first generation. */
  List<String> stablePair() {
    Later<JoinGroupResponse> leader = join(joining("", "range"));
    Later<JoinGroupResponse> follower = join(joining("", "range"));
    passMs(2L * settings.membership().initialRebalanceDelayMs() + 10);
    String first = leader.get().memberId();
    String second = follower.get().memberId();
    sync(first, 1, first, "one", second, "two");
    sync(second, 1);
    assertThat(state()).isEqualTo("Stable");
    return List.of(first, second);
  }
}
