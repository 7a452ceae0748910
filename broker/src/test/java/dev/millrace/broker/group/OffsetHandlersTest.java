package dev.millrace.broker.group;

import static dev.millrace.broker.group.GroupNode.GROUP;
import static dev.millrace.broker.group.GroupNode.committing;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.quorum.control.DeleteTopics;
import dev.millrace.quorum.control.DeleteTopics.TopicReference;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.OffsetCommitResponse;
import dev.millrace.wire.message.OffsetCommitResponse.OffsetCommitResponsePartition;
import dev.millrace.wire.message.OffsetDeleteRequest;
import dev.millrace.wire.message.OffsetDeleteRequest.OffsetDeleteRequestPartition;
import dev.millrace.wire.message.OffsetDeleteRequest.OffsetDeleteRequestTopic;
import dev.millrace.wire.message.OffsetDeleteResponse;
import dev.millrace.wire.message.OffsetFetchRequest;
import dev.millrace.wire.message.OffsetFetchRequest.OffsetFetchRequestGroup;
import dev.millrace.wire.message.OffsetFetchRequest.OffsetFetchRequestTopic;
import dev.millrace.wire.message.OffsetFetchRequest.OffsetFetchRequestTopics;
import dev.millrace.wire.message.OffsetFetchResponse;
import dev.millrace.wire.message.OffsetFetchResponse.OffsetFetchResponseGroup;
import dev.millrace.wire.message.OffsetFetchResponse.OffsetFetchResponsePartition;
import dev.millrace.wire.message.OffsetFetchResponse.OffsetFetchResponsePartitions;
import dev.millrace.wire.message.OffsetFetchResponse.OffsetFetchResponseTopics;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class OffsetHandlersTest {
  private static final Uuid NO_TOPIC = new Uuid(7, 7);

  private final GroupNode groups = GroupNode.withOffsetsTopic();
  private final Uuid orders = groups.topic("orders", 2);

  private static List<Short> errors(OffsetCommitResponse response) {
    return response.topics().stream()
        .flatMap(topic -> topic.partitions().stream())
        .map(OffsetCommitResponsePartition::errorCode)
        .toList();
  }

  private OffsetFetchResponse fetch(OffsetFetchRequest.Builder request, int version) {
    return groups.node.call(OffsetFetchResponse.class, request.build(), version);
  }

  private static OffsetFetchRequestGroup asking(OffsetFetchRequestTopics... topics) {
    return OffsetFetchRequestGroup.builder().groupId(GROUP).topics(List.of(topics)).build();
  }

  private static OffsetFetchRequestTopics topic(String name, Uuid id, Integer... partitions) {
    return OffsetFetchRequestTopics.builder()
        .name(name)
        .topicId(id)
        .partitionIndexes(List.of(partitions))
        .build();
  }

  private OffsetFetchResponseGroup fetchGroup(OffsetFetchRequestGroup group, int version) {
    return fetch(OffsetFetchRequest.builder().groups(List.of(group)), version).groups().getFirst();
  }

  private static List<Long> offsets(OffsetFetchResponseGroup group) {
    return group.topics().stream()
        .flatMap(topic -> topic.partitions().stream())
        .map(OffsetFetchResponsePartitions::committedOffset)
        .toList();
  }

  @Test
  void everyVersionCommitsAndFetches() {
    for (int version = 2; version <= 10; version++) {
      OffsetCommitResponse committed =
          groups.commit(
              version >= 10 ? committing("", orders, 0, 1) : committing("orders", Uuid.ZERO, 0, 1),
              version);
      assertThat(errors(committed)).containsExactly((short) 0, (short) 0);
    }
    for (int version = 1; version <= 7; version++) {
      OffsetFetchResponse fetched =
          fetch(
              OffsetFetchRequest.builder()
                  .groupId(GROUP)
                  .topics(
                      List.of(
                          OffsetFetchRequestTopic.builder()
                              .name("orders")
                              .partitionIndexes(List.of(1, 5))
                              .build())),
              version);
      assertThat(fetched.topics().getFirst().partitions())
          .extracting(OffsetFetchResponsePartition::committedOffset)
          .containsExactly(101L, -1L);
    }
    for (int version = 8; version <= 10; version++) {
      OffsetFetchResponseGroup fetched =
          fetchGroup(
              asking(version >= 10 ? topic("", orders, 0, 5) : topic("orders", Uuid.ZERO, 0, 5)),
              version);
      assertThat(offsets(fetched)).containsExactly(100L, -1L);
      assertThat(fetched.topics().getFirst().partitions().getFirst().metadata()).isEqualTo("m0");
    }
  }

  @Test
  void whatIsNotThereCantBeCommitted() {
    assertThat(errors(groups.commit(committing("orders", Uuid.ZERO, 1, 2, 0), 8)))
        .containsExactly((short) 0, (short) 3, (short) 0);
    assertThat(errors(groups.commit(committing("unknown", Uuid.ZERO, 0, 1), 8)))
        .containsExactly((short) 3, (short) 3);
    OffsetCommitResponse byId = groups.commit(committing("", NO_TOPIC, 0), 10);
    assertThat(errors(byId)).containsExactly(ErrorCode.UNKNOWN_TOPIC_ID.code());
    assertThat(byId.topics().getFirst().topicId()).isEqualTo(NO_TOPIC);
    assertThat(errors(groups.commit(committing("", orders, 0, 9), 10)))
        .containsExactly((short) 0, (short) 3);
  }

  @Test
  void errorsOfTheGroupDependOnTheVersion() {
    var byMember = committing("orders", Uuid.ZERO, 0, 1).memberId("m").generationIdOrMemberEpoch(3);
    assertThat(errors(groups.commit(byMember, 8)))
        .containsOnly(ErrorCode.ILLEGAL_GENERATION.code());
    assertThat(errors(groups.commit(byMember, 9)))
        .containsOnly(ErrorCode.GROUP_ID_NOT_FOUND.code());
  }

  @Test
  void nullMeansAllTopics() {
    groups.topic("payments", 1);
    groups.commit(committing("orders", Uuid.ZERO, 0, 1), 8);
    groups.commit(committing("payments", Uuid.ZERO, 0), 8);
    for (int version = 2; version <= 7; version++) {
      OffsetFetchResponse all =
          fetch(OffsetFetchRequest.builder().groupId(GROUP).topics(null), version);
      assertThat(all.topics())
          .extracting(topic -> topic.name())
          .containsExactly("orders", "payments");
    }
    OffsetFetchRequestGroup everything =
        OffsetFetchRequestGroup.builder().groupId(GROUP).topics(null).build();
    assertThat(offsets(fetchGroup(everything, 9))).containsExactly(100L, 101L, 100L);
    OffsetFetchResponseGroup byId = fetchGroup(everything, 10);
    assertThat(byId.topics()).extracting(OffsetFetchResponseTopics::topicId).contains(orders);
    assertThat(offsets(byId)).containsExactly(100L, 101L, 100L);
    assertThat(offsets(fetchGroup(asking(), 9))).isEmpty();
  }

  @Test
  void severalGroupsAreAnsweredInOrder() {
    groups.commit(committing("orders", Uuid.ZERO, 0), 8);
    OffsetFetchRequestGroup other =
        OffsetFetchRequestGroup.builder()
            .groupId("other")
            .topics(List.of(topic("orders", Uuid.ZERO, 0)))
            .build();
    OffsetFetchResponse response =
        fetch(
            OffsetFetchRequest.builder()
                .groups(List.of(other, asking(topic("orders", Uuid.ZERO, 0)))),
            8);
    assertThat(response.groups())
        .extracting(OffsetFetchResponseGroup::groupId)
        .containsExactly("other", GROUP);
    assertThat(offsets(response.groups().get(0))).containsExactly(-1L);
    assertThat(offsets(response.groups().get(1))).containsExactly(100L);
  }

  @Test
  void anIdThatIsNotThereHasAnErrorForEachPartition() {
    groups.commit(committing("orders", Uuid.ZERO, 0), 8);
    OffsetFetchResponseGroup response =
        fetchGroup(asking(topic("", NO_TOPIC, 0, 1), topic("", orders, 0)), 10);
    assertThat(response.topics())
        .extracting(OffsetFetchResponseTopics::topicId)
        .containsExactly(orders, NO_TOPIC);
    assertThat(response.topics().get(1).partitions())
        .allSatisfy(partition ->
            assertThat(partition.errorCode()).isEqualTo(ErrorCode.UNKNOWN_TOPIC_ID.code()));
  }

  @Test
  void offsetsGoWithTheirTopic() {
    groups.commit(committing("orders", Uuid.ZERO, 0, 1), 8);
    groups.node.decide(new DeleteTopics(List.of(TopicReference.of("orders"))));
    groups.node.owners().runMs(100);
    OffsetFetchResponseGroup gone = fetchGroup(asking(topic("orders", Uuid.ZERO, 0, 1)), 8);
    assertThat(offsets(gone)).containsExactly(-1L, -1L);
    Uuid again = groups.topic("orders", 2);
    assertThat(offsets(fetchGroup(asking(topic("", again, 0, 1)), 10))).containsExactly(-1L, -1L);
  }

  @Test
  void groupsForgetOffsets() {
    groups.commit(committing("orders", Uuid.ZERO, 0, 1), 8);
    OffsetDeleteRequest request =
        OffsetDeleteRequest.builder()
            .groupId(GROUP)
            .topics(List.of(deleting("orders", 0, 7), deleting("unknown", 0)))
            .build();
    OffsetDeleteResponse response = groups.node.call(OffsetDeleteResponse.class, request, 0);
    assertThat(response.errorCode()).isZero();
    assertThat(response.topics().get(0).partitions())
        .extracting(partition -> partition.errorCode())
        .containsExactly((short) 0, (short) 3);
    assertThat(response.topics().get(1).partitions().getFirst().errorCode()).isEqualTo((short) 3);
    assertThat(offsets(fetchGroup(asking(topic("orders", Uuid.ZERO, 0, 1)), 8)))
        .containsExactly(-1L, 101L);

    OffsetDeleteResponse unknown =
        groups.node.call(
            OffsetDeleteResponse.class, request.toBuilder().groupId("nobody").build(), 0);
    assertThat(unknown.errorCode()).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND.code());
    assertThat(unknown.topics()).isEmpty();
  }

  private static OffsetDeleteRequestTopic deleting(String topic, int... partitions) {
    return OffsetDeleteRequestTopic.builder()
        .name(topic)
        .partitions(
            Arrays.stream(partitions)
                .mapToObj(p -> OffsetDeleteRequestPartition.builder().partitionIndex(p).build())
                .toList())
        .build();
  }

  @Test
  void withoutACoordinatorVersion1HasErrorsOfPartitions() {
    GroupNode empty = new GroupNode();
    OffsetFetchRequest.Builder request =
        OffsetFetchRequest.builder()
            .groupId(GROUP)
            .topics(
                List.of(
                    OffsetFetchRequestTopic.builder()
                        .name("orders")
                        .partitionIndexes(List.of(0))
                        .build()));
    OffsetFetchResponse old = empty.node.call(OffsetFetchResponse.class, request.build(), 1);
    assertThat(old.topics().getFirst().partitions().getFirst().errorCode())
        .isEqualTo(ErrorCode.NOT_COORDINATOR.code());
    OffsetFetchResponse newer = empty.node.call(OffsetFetchResponse.class, request.build(), 3);
    assertThat(newer.errorCode()).isEqualTo(ErrorCode.NOT_COORDINATOR.code());
    assertThat(newer.topics()).isEmpty();
  }
}
