package dev.millrace.coordinator.group;

import static dev.millrace.coordinator.group.GroupWorld.GROUP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.sim.SimOwners;
import dev.millrace.coordinator.MemoryLog;
import dev.millrace.coordinator.consumer.ConsumerSettings;
import dev.millrace.coordinator.consumer.TopicCatalog;
import dev.millrace.coordinator.group.GroupWorld.Later;
import dev.millrace.coordinator.streams.GroupStatus;
import dev.millrace.coordinator.streams.InternalTopic;
import dev.millrace.coordinator.streams.StreamsSettings;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ConsumerGroupHeartbeatRequest;
import dev.millrace.wire.message.ConsumerGroupHeartbeatResponse;
import dev.millrace.wire.message.JoinGroupResponse;
import dev.millrace.wire.message.OffsetCommitRequest;
import dev.millrace.wire.message.OffsetCommitResponse;
import dev.millrace.wire.message.StreamsGroupDescribeResponse.DescribedGroup;
import dev.millrace.wire.message.StreamsGroupHeartbeatRequest;
import dev.millrace.wire.message.StreamsGroupHeartbeatRequest.Endpoint;
import dev.millrace.wire.message.StreamsGroupHeartbeatRequest.Topology;
import dev.millrace.wire.message.StreamsGroupHeartbeatResponse;
import dev.millrace.wire.message.StreamsGroupHeartbeatResponse.Status;
import dev.millrace.wire.message.StreamsGroupHeartbeatResponse.TaskIds;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StreamsGroupTest implements StreamsGroupRules {
  private static final int DELAY_MS = 3_000;

  private final SimOwners owners = new SimOwners(1);
  private final SimulatedTopics topics = new SimulatedTopics(ConsumerSettings.DEFAULTS);
  private final GroupCoordinator coordinator =
      new GroupCoordinator(
          GroupSettings.DEFAULTS,
          owners.clock(),
          List.of(owners.owner("coordinator")),
          () -> 1,
          owners.random("ids"),
          new GroupRules(ConsumerRules.DEFAULTS, ShareGroupRules.NONE, this));
  private @Nullable String fault;

  StreamsGroupTest() {
    coordinator.elected(0, 1, new MemoryLog(owners.owner("disk"), List.of()));
    topics.put(StreamsApplication.TEXT, 2);
    topics.put(StreamsApplication.LEFT, 1);
    topics.put(StreamsApplication.RIGHT, 1);
    owners.runMs(5);
  }

  @Override
  public StreamsSettings settings(String groupId) {
    return StreamsSettings.DEFAULTS;
  }

  @Override
  public TopicCatalog topics() {
    return topics;
  }

  @Override
  public @Nullable String create(Collection<InternalTopic> missing) {
    if (fault == null) {
      missing.forEach(topic -> topics.put(topic.name(), topic.partitions()));
      coordinator.topicsChanged();
    }
    return fault;
  }

  private StreamsGroupHeartbeatResponse beat(StreamsGroupHeartbeatRequest.Builder request) {
    Later<StreamsGroupHeartbeatResponse> answer = new Later<>();
    coordinator.streams().heartbeat(request.build(), GroupWorld.CLIENT, answer);
    owners.runMs(5);
    return answer.get();
  }

  private static StreamsGroupHeartbeatRequest.Builder at(String memberId, int epoch) {
    return StreamsGroupHeartbeatRequest.builder()
        .groupId(GROUP)
        .memberId(memberId)
        .memberEpoch(epoch);
  }

  private static StreamsGroupHeartbeatRequest.Builder joining(String memberId, Topology topology) {
    return at(memberId, 0)
        .topology(topology)
        .processId("process-" + memberId)
        .rebalanceTimeoutMs(60_000)
        .activeTasks(List.of())
        .standbyTasks(List.of())
        .warmupTasks(List.of());
  }

  private static StreamsGroupHeartbeatRequest.Builder joining(String memberId) {
    return joining(memberId, StreamsApplication.topology());
  }

  private static ErrorCode error(StreamsGroupHeartbeatResponse response) {
    return GroupWorld.error(response.errorCode());
  }

  private static List<Byte> statuses(StreamsGroupHeartbeatResponse response) {
    return Objects.requireNonNull(response.status()).stream().map(Status::statusCode).toList();
  }

  private static int tasks(StreamsGroupHeartbeatResponse response) {
    int count = 0;
    for (TaskIds ids : Objects.requireNonNull(response.activeTasks())) {
      count += ids.partitions().size();
    }
    return count;
  }

  /** A group with one member that has everything. */
  private StreamsGroupHeartbeatResponse settled(String memberId) {
    assertThat(error(beat(joining(memberId)))).isEqualTo(ErrorCode.NONE);
    owners.runMs(DELAY_MS);
    return beat(at(memberId, 1));
  }

  @Test
  void theFirstAssignmentWaitsForMoreMembersAndInternalTopics() {
    StreamsGroupHeartbeatResponse first = beat(joining("a"));
    assertThat(first.memberEpoch()).isEqualTo(1);
    assertThat(statuses(first))
        .containsExactly(
            GroupStatus.ASSIGNMENT_DELAYED.code(), GroupStatus.MISSING_INTERNAL_TOPICS.code());
    assertThat(tasks(first)).isZero();
    assertThat(topics.find(StreamsApplication.COUNTS)).isNotNull();
    assertThat(error(beat(joining("b")))).isEqualTo(ErrorCode.NONE);
    owners.runMs(DELAY_MS);
    StreamsGroupHeartbeatResponse later = beat(at("a", 1));
    assertThat(statuses(later)).isEmpty();
    assertThat(tasks(later) + tasks(beat(at("b", 1)))).isEqualTo(5);
    assertThat(describe().groupState()).isEqualTo("Stable");
  }

  @Test
  void whyInternalTopicsAreNotThereIsTold() {
    fault = "no room";
    StreamsGroupHeartbeatResponse response = beat(joining("a"));
    assertThat(Objects.requireNonNull(response.status()).getLast().statusDetail())
        .contains("Internal topics are missing")
        .endsWith("; Creation failed: no room");
    assertThat(describe().groupState()).isEqualTo("NotReady");
  }

  @Test
  void whoIsOfAnOtherEpochIsFenced() {
    int epoch = settled("a").memberEpoch();
    assertThat(error(beat(at("a", epoch + 1)))).isEqualTo(ErrorCode.FENCED_MEMBER_EPOCH);
    assertThat(error(beat(at("b", epoch)))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    assertThat(error(beat(at("a", epoch)))).isEqualTo(ErrorCode.NONE);
    assertThat(commit("a", epoch + 1)).isEqualTo(ErrorCode.STALE_MEMBER_EPOCH);
    assertThat(commit("a", epoch)).isEqualTo(ErrorCode.NONE);
    assertThat(commit("b", epoch)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    assertThat(commit("", -1)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    assertThat(beat(at("a", -1)).memberEpoch()).isEqualTo(-1);
    assertThat(describe().groupState()).isEqualTo("Empty");
    assertThat(commit("", -1)).isEqualTo(ErrorCode.NONE);
  }

  private ErrorCode commit(String memberId, int epoch) {
    Later<OffsetCommitResponse> answer = new Later<>();
    OffsetCommitRequest request =
        GroupWorld.committing(memberId, epoch, StreamsApplication.TEXT, 0, 7).build();
    coordinator.commit(request, true, answer);
    owners.runMs(5);
    return GroupWorld.error(answer.get());
  }

  @Test
  void staticMembersComeBackToWhatTheyHad() {
    beat(joining("a").instanceId("first"));
    owners.runMs(DELAY_MS);
    StreamsGroupHeartbeatResponse before = beat(at("a", 1).instanceId("first"));
    assertThat(error(beat(joining("b").instanceId("first"))))
        .isEqualTo(ErrorCode.UNRELEASED_INSTANCE_ID);
    assertThat(error(beat(at("a", -2).instanceId("first")))).isEqualTo(ErrorCode.NONE);
    StreamsGroupHeartbeatResponse after =
        beat(joining("b").instanceId("first").processId("process-a"));
    assertThat(after.activeTasks()).isEqualTo(before.activeTasks());
    assertThat(after.memberEpoch()).isEqualTo(before.memberEpoch());
    assertThat(error(beat(at("a", before.memberEpoch()).instanceId("first"))))
        .isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
  }

  @Test
  void whoIsSilentIsOut() {
    settled("a");
    owners.runMs(StreamsSettings.DEFAULTS.sessionTimeoutMs() + 1_000);
    assertThat(describe().members()).isEmpty();
  }

  @Test
  void topologiesChangeWhenNobodyIsThere() {
    int epoch = settled("a").memberEpoch();
    Topology other =
        new Topology(1, List.of(StreamsApplication.topology().subtopologies().getFirst()));
    assertThat(error(beat(joining("b", other)))).isEqualTo(ErrorCode.INVALID_REQUEST);
    assertThat(error(beat(at("a", -1)))).isEqualTo(ErrorCode.NONE);
    StreamsGroupHeartbeatResponse response = beat(joining("b", other));
    assertThat(error(response)).isEqualTo(ErrorCode.NONE);
    assertThat(response.memberEpoch()).isGreaterThanOrEqualTo(epoch);
    assertThat(Objects.requireNonNull(describe().topology()).epoch()).isEqualTo(1);
    StreamsGroupHeartbeatResponse stale = beat(joining("c"));
    assertThat(statuses(stale)).contains(GroupStatus.STALE_TOPOLOGY.code());
  }

  @Test
  void oneMemberEndsTheApplicationForAll() {
    int epoch = settled("a").memberEpoch();
    beat(at("a", epoch).shutdownApplication(true));
    assertThat(statuses(beat(joining("b")))).contains(GroupStatus.SHUTDOWN_APPLICATION.code());
    assertThat(statuses(beat(at("a", epoch)))).contains(GroupStatus.SHUTDOWN_APPLICATION.code());
  }

  @Test
  void membersTellEachOtherWhereTheyAre() {
    beat(joining("a").userEndpoint(new Endpoint("host", 7)));
    owners.runMs(DELAY_MS);
    StreamsGroupHeartbeatResponse told = beat(at("a", 1).endpointInformationEpoch(-1));
    assertThat(Objects.requireNonNull(told.partitionsByUserEndpoint())).hasSize(1);
    assertThat(told.partitionsByUserEndpoint().getFirst().activePartitions())
        .extracting(StreamsGroupHeartbeatResponse.TopicPartition::topic)
        .containsExactly(
            StreamsApplication.TEXT,
            StreamsApplication.WORDS,
            StreamsApplication.LEFT,
            StreamsApplication.RIGHT);
    StreamsGroupHeartbeatResponse again =
        beat(at("a", told.memberEpoch()).endpointInformationEpoch(told.endpointInformationEpoch()));
    assertThat(again.partitionsByUserEndpoint()).isNull();
  }

  @Test
  void aGroupIsOfOneKind() {
    settled("a");
    Later<ConsumerGroupHeartbeatResponse> consumer = new Later<>();
    coordinator.heartbeat(
        ConsumerGroupHeartbeatRequest.builder()
            .groupId(GROUP)
            .memberId("c")
            .rebalanceTimeoutMs(1_000)
            .subscribedTopicNames(List.of("t"))
            .topicPartitions(List.of())
            .build(),
        GroupWorld.CLIENT,
        consumer);
    owners.runMs(5);
    assertThat(consumer.get().errorCode()).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND.code());
    assertThat(join()).isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
    assertThat(delete()).isEqualTo(ErrorCode.NON_EMPTY_GROUP);
    beat(at("a", -1));
    assertThat(join()).isEqualTo(ErrorCode.MEMBER_ID_REQUIRED);
    assertThat(error(beat(joining("a")))).isEqualTo(ErrorCode.NONE);
    beat(at("a", -1));
    assertThat(delete()).isEqualTo(ErrorCode.NONE);
    assertThat(describe().errorCode()).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND.code());
  }

  private ErrorCode join() {
    Later<JoinGroupResponse> answer = new Later<>();
    coordinator.join(
        GroupWorld.joining("", "range").build(), GroupWorld.CLIENT, GroupWorld.NEWEST, answer);
    owners.runMs(5);
    return GroupWorld.error(answer.get().errorCode());
  }

  private ErrorCode delete() {
    Later<List<ErrorCode>> answer = new Later<>();
    coordinator.delete(List.of(GROUP), answer);
    owners.runMs(5);
    return answer.get().getFirst();
  }

  private DescribedGroup describe() {
    Later<List<DescribedGroup>> answer = new Later<>();
    coordinator.streams().describe(List.of(GROUP), answer);
    owners.runMs(5);
    return answer.get().getFirst();
  }
}
