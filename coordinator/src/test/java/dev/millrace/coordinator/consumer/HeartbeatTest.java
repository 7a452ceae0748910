package dev.millrace.coordinator.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ConsumerGroupHeartbeatRequest;
import dev.millrace.wire.message.ConsumerGroupHeartbeatRequest.TopicPartitions;
import dev.millrace.wire.message.ConsumerGroupHeartbeatResponse;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What members hear, heartbeat by heartbeat. */
class HeartbeatTest {
  private static final Uuid T = new Uuid(1, 1);

  private final Map<String, TopicCatalog.Topic> topics = new TreeMap<>();
  private final TopicCatalog catalog =
      new TopicCatalog() {
        @Override
        public @Nullable Topic find(String name) {
          return topics.get(name);
        }

        @Override
        public @Nullable Topic find(Uuid id) {
          return topics.values().stream().filter(t -> t.id().equals(id)).findFirst().orElse(null);
        }

        @Override
        public Collection<String> names() {
          return topics.keySet();
        }
      };
  private ConsumerGroup group = ConsumerGroup.empty("g");
  private final Claims claims = new Claims();

  HeartbeatTest() {
    topics.put("t", new TopicCatalog.Topic("t", T, 4));
  }

  private ConsumerGroupHeartbeatResponse beat(ConsumerGroupHeartbeatRequest.Builder request) {
    Draft draft = new Draft(group);
    HeartbeatRound round =
        new HeartbeatRound(draft, ConsumerSettings.DEFAULTS, catalog, claims, 1_000);
    round.take(new Beat(request.groupId("g").build(), "new", "client", "/host"));
    HeartbeatRound.Reply reply = round.finish().getFirst();
    if (reply.isWell()) {
      group = draft.group();
    }
    return reply.response();
  }

  private static ConsumerGroupHeartbeatRequest.Builder join(String member) {
    return ConsumerGroupHeartbeatRequest.builder()
        .memberId(member)
        .memberEpoch(0)
        .rebalanceTimeoutMs(1_000)
        .subscribedTopicNames(List.of("t"))
        .topicPartitions(List.of());
  }

  private static ConsumerGroupHeartbeatRequest.Builder stay(String member, int epoch) {
    return ConsumerGroupHeartbeatRequest.builder().memberId(member).memberEpoch(epoch);
  }

  private static List<TopicPartitions> has(Integer... partitions) {
    return partitions.length == 0
        ? List.of()
        : List.of(new TopicPartitions(T, List.of(partitions)));
  }

  private static List<Integer> given(ConsumerGroupHeartbeatResponse response) {
    var assignment = response.assignment();
    assertThat(assignment).isNotNull();
    return assignment == null || assignment.topicPartitions().isEmpty()
        ? List.of()
        : assignment.topicPartitions().getFirst().partitions();
  }

  private static ErrorCode error(ConsumerGroupHeartbeatResponse response) {
    return ErrorCode.of(response.errorCode());
  }

  @Test
  void aPartitionIsGivenOnWhenItIsLetGo() {
    ConsumerGroupHeartbeatResponse first = beat(join("a"));
    assertThat(first.memberEpoch()).isEqualTo(2);
    assertThat(given(first)).containsExactly(0, 1, 2, 3);
    ConsumerGroupHeartbeatResponse second = beat(join("b"));
    assertThat(given(second)).isEmpty();
    ConsumerGroupHeartbeatResponse revoke = beat(stay("a", 2));
    assertThat(given(revoke)).hasSize(2);
    assertThat(revoke.memberEpoch()).isEqualTo(2);
    assertThat(beat(stay("a", 2)).assignment()).as("not twice").isNull();
    assertThat(beat(stay("b", 3)).assignment()).as("not let go yet").isNull();
    Integer[] kept = given(revoke).toArray(Integer[]::new);
    assertThat(beat(stay("a", 2).topicPartitions(has(kept))).memberEpoch()).isEqualTo(3);
    assertThat(given(beat(stay("b", 3)))).hasSize(2).doesNotContain(kept);
    assertThat(group.state()).isEqualTo("Stable");
  }

  /** It may have been about to take them when it said so. */
  @Test
  void aMemberIsToldToLetGoAlsoWhatItDoesNotName() {
    beat(join("a"));
    beat(join("b"));
    Integer[] kept = given(beat(stay("a", 2))).toArray(Integer[]::new);
    beat(stay("a", 2).topicPartitions(has(kept)));
    beat(stay("b", -1));
    ConsumerGroupHeartbeatResponse all = beat(stay("a", 3));
    assertThat(given(all)).hasSize(4);
    int epoch = all.memberEpoch();
    beat(join("b"));
    ConsumerGroupHeartbeatResponse told = beat(stay("a", epoch).topicPartitions(has(kept)));
    assertThat(told.memberEpoch()).isEqualTo(epoch);
    assertThat(given(told)).hasSize(2);
    assertThat(beat(stay("b", epoch + 1)).assignment()).as("not let go yet").isNull();
    // it has heard that, and has nothing else to say than before
    assertThat(beat(stay("a", epoch)).memberEpoch()).isEqualTo(epoch + 1);
    assertThat(given(beat(stay("b", epoch + 1)))).hasSize(2);
    assertThat(group.state()).isEqualTo("Stable");
  }

  @Test
  void wrongEpochsAreFencedAndLostAnswersForgiven() {
    beat(join("a"));
    beat(join("b"));
    Integer[] kept = given(beat(stay("a", 2))).toArray(Integer[]::new);
    assertThat(beat(stay("a", 2).topicPartitions(has(kept))).memberEpoch()).isEqualTo(3);
    assertThat(beat(stay("a", 2).topicPartitions(has(kept))).memberEpoch())
        .as("the answer was lost")
        .isEqualTo(3);
    assertThat(error(beat(stay("a", 2)))).isEqualTo(ErrorCode.FENCED_MEMBER_EPOCH);
    assertThat(error(beat(stay("a", 2).topicPartitions(has(0, 1, 2, 3)))))
        .isEqualTo(ErrorCode.FENCED_MEMBER_EPOCH);
    assertThat(error(beat(stay("a", 4)))).isEqualTo(ErrorCode.FENCED_MEMBER_EPOCH);
    assertThat(error(beat(stay("c", 1)))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    assertThat(given(beat(join("a")))).as("joins again").containsExactly(kept);
  }

  @Test
  void staticMembersComeBackToWhatTheyHad() {
    assertThat(given(beat(join("a").instanceId("name")))).hasSize(4);
    assertThat(error(beat(join("b").instanceId("name"))))
        .isEqualTo(ErrorCode.UNRELEASED_INSTANCE_ID);
    assertThat(beat(stay("a", -2).instanceId("name")).memberEpoch()).isEqualTo(-2);
    ConsumerGroupHeartbeatResponse back = beat(join("b").instanceId("name"));
    assertThat(given(back)).hasSize(4);
    assertThat(back.memberEpoch()).as("no rebalance").isEqualTo(2);
    assertThat(error(beat(stay("a", 2).instanceId("name"))))
        .isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
    assertThat(error(beat(stay("a", 2)))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    assertThat(group.members()).containsOnlyKeys("b");
  }

  @Test
  void expressionsFollowTheTopics() {
    ConsumerGroupHeartbeatRequest.Builder join =
        join("a").subscribedTopicNames(null).subscribedTopicRegex("u.*");
    assertThat(beat(join).memberEpoch()).as("nothing matches yet").isEqualTo(1);
    topics.put("u1", new TopicCatalog.Topic("u1", new Uuid(2, 2), 2));
    Draft draft = new Draft(group);
    new Membership(draft, catalog, 2_000).refresh();
    group = draft.group();
    assertThat(given(beat(stay("a", 1)))).containsExactly(0, 1);
    assertThat(group.isSubscribed("u1")).isTrue();
    assertThat(error(beat(stay("a", 2).subscribedTopicRegex("["))))
        .isEqualTo(ErrorCode.INVALID_REGULAR_EXPRESSION);
    assertThat(beat(stay("a", 2).subscribedTopicRegex("")).memberEpoch()).isEqualTo(2);
    assertThat(group.regexes()).isEmpty();
  }

  @Test
  void wrongRequestsAreRefused() {
    assertThat(error(beat(join("a").rebalanceTimeoutMs(-1)))).isEqualTo(ErrorCode.INVALID_REQUEST);
    assertThat(error(beat(join("a").topicPartitions(null)))).isEqualTo(ErrorCode.INVALID_REQUEST);
    assertThat(error(beat(join("a").topicPartitions(has(1))))).isEqualTo(ErrorCode.INVALID_REQUEST);
    assertThat(error(beat(join("a").subscribedTopicNames(null))))
        .isEqualTo(ErrorCode.INVALID_REQUEST);
    assertThat(error(beat(join("a").instanceId("")))).isEqualTo(ErrorCode.INVALID_REQUEST);
    assertThat(error(beat(stay("a", -2)))).isEqualTo(ErrorCode.INVALID_REQUEST);
    assertThat(error(beat(stay("a", -3)))).isEqualTo(ErrorCode.INVALID_REQUEST);
    assertThat(error(beat(join("a").serverAssignor("mine"))))
        .isEqualTo(ErrorCode.UNSUPPORTED_ASSIGNOR);
    assertThat(error(beat(join("a").subscribedTopicNames(List.of("x".repeat(300_000))))))
        .isEqualTo(ErrorCode.INVALID_REQUEST);
  }

  @Test
  void aCommitIsOfWhoHasThePartition() {
    beat(join("a"));
    beat(join("b"));
    List<Integer> kept = given(beat(stay("a", 2)));
    beat(stay("a", 2).topicPartitions(has(kept.toArray(Integer[]::new))));
    int lost = given(beat(stay("b", 3))).getFirst();
    ConsumerMember a = group.member("a");
    assertThat(a).isNotNull();
    assertThat(Membership.mayCommit(group, "a", 3)).isEqualTo(ErrorCode.NONE);
    assertThat(Membership.mayCommit(group, "a", 2)).isEqualTo(ErrorCode.NONE);
    assertThat(Membership.mayCommit(group, "a", 4)).isEqualTo(ErrorCode.STALE_MEMBER_EPOCH);
    assertThat(Membership.mayCommit(group, "c", 3)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    assertThat(Membership.mayCommitFor(group, a, 2, T, kept.getFirst())).isTrue();
    assertThat(Membership.mayCommitFor(group, a, 3, T, lost)).isFalse();
    assertThat(Membership.mayCommitFor(group, a, 2, T, lost)).isFalse();
  }
}
