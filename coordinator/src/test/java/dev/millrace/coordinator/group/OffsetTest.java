package dev.millrace.coordinator.group;

import static dev.millrace.coordinator.group.GroupWorld.GROUP;
import static dev.millrace.coordinator.group.GroupWorld.committing;
import static dev.millrace.coordinator.group.GroupWorld.error;
import static dev.millrace.coordinator.group.GroupWorld.joining;
import static dev.millrace.coordinator.group.GroupWorld.subscription;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.coordinator.CoordinatorLog;
import dev.millrace.coordinator.KeyValue;
import dev.millrace.coordinator.group.GroupWorld.Later;
import dev.millrace.coordinator.record.OffsetCommitValue;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import dev.millrace.wire.message.OffsetCommitRequest.OffsetCommitRequestTopic;
import dev.millrace.wire.message.OffsetCommitResponse;
import dev.millrace.wire.message.OffsetDeleteRequest;
import dev.millrace.wire.message.OffsetDeleteRequest.OffsetDeleteRequestPartition;
import dev.millrace.wire.message.OffsetDeleteRequest.OffsetDeleteRequestTopic;
import dev.millrace.wire.message.OffsetDeleteResponse;
import dev.millrace.wire.message.OffsetFetchRequest.OffsetFetchRequestTopics;
import dev.millrace.wire.message.OffsetFetchResponse.OffsetFetchResponseGroup;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OffsetTest {
  private final GroupWorld world = new GroupWorld();

  @Test
  void aCommitWithoutAGenerationMakesAGroup() {
    assertThat(world.commit("", -1, "topic", 0, 5)).isEqualTo(ErrorCode.NONE);
    assertThat(world.offset("topic", 0)).isEqualTo(5);
    assertThat(world.state()).isEqualTo("Empty");
    assertThat(world.describe().protocolType()).isEmpty();
    world.failOver();
    assertThat(world.offset("topic", 0)).isEqualTo(5);
    assertThat(world.state()).isEqualTo("Empty");
  }

  @Test
  void aGenerationNeedsAGroup() {
    assertThat(world.commit("member", 1, "topic", 0, 5)).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
    Later<OffsetCommitResponse> old = new Later<>();
    world.coordinator().commit(committing("member", 1, "topic", 0, 5).build(), false, old);
    world.settle();
    assertThat(error(old.get())).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
  }

  @Test
  void onlyMembersOfTheGenerationCommitToALiveGroup() {
    String id = world.stableMember();
    assertThat(world.commit(id, 1, "topic", 0, 5)).isEqualTo(ErrorCode.NONE);
    assertThat(world.commit(id, 0, "topic", 0, 6)).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
    assertThat(world.commit(id, 2, "topic", 0, 6)).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
    assertThat(world.commit("stranger", 1, "topic", 0, 6)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    assertThat(world.commit("", -1, "topic", 0, 6)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    assertThat(error(world.send(committing(id, 1, "topic", 0, 6).groupInstanceId("n")).get()))
        .isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    assertThat(world.offset("topic", 0)).isEqualTo(5);
  }

  @Test
  void anEmptyGroupTakesCommitsFromOutside() {
    String id = world.stableMember();
    world.leave(id);
    assertThat(world.commit("", -1, "topic", 0, 7)).isEqualTo(ErrorCode.NONE);
    assertThat(world.commit(id, 1, "topic", 0, 8)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    assertThat(world.offset("topic", 0)).isEqualTo(7);
  }

  @Test
  void commitsAreWelcomeWhileMembersJoinButNotWhileTheLeaderAssigns() {
    List<String> pair = world.stablePair();
    world.join(joining(pair.get(0), "range"));
    assertThat(world.commit(pair.get(1), 1, "topic", 0, 5)).isEqualTo(ErrorCode.NONE);
    world.join(joining(pair.get(1), "range"));
    assertThat(world.state()).isEqualTo("CompletingRebalance");
    assertThat(world.commit(pair.get(1), 2, "topic", 0, 6))
        .isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
  }

  @Test
  void aReadSeesOnlyWhatIsCommitted() {
    world.commit("", -1, "topic", 0, 1);
    world.log().hold();
    Later<OffsetCommitResponse> later = world.send(committing("", -1, "topic", 0, 2));
    assertThat(later.isThere()).isFalse();
    assertThat(world.offset("topic", 0)).isEqualTo(1);
    world.log().release();
    world.settle();
    assertThat(error(later.get())).isEqualTo(ErrorCode.NONE);
    assertThat(world.offset("topic", 0)).isEqualTo(2);
  }

  @Test
  void aCommitThatCantBeWrittenFailsAsAWhole() {
    world.log().refuse(ErrorCode.NOT_LEADER_OR_FOLLOWER);
    assertThat(world.commit("", -1, "topic", 0, 1)).isEqualTo(ErrorCode.NOT_COORDINATOR);
    assertThat(world.offset("topic", 0)).isEqualTo(-1);
  }

  @Test
  void metadataHasALimitAndMayBeMissing() {
    Later<OffsetCommitResponse> answer =
        world.send(
            committing("", -1, "x", 0, 0)
                .topics(
                    List.of(
                        OffsetCommitRequestTopic.builder()
                            .name("topic")
                            .partitions(
                                List.of(
                                    partition(0, "x".repeat(4096)),
                                    partition(1, "x".repeat(4097)),
                                    partition(2, null)))
                            .build())));
    assertThat(answer.get().topics().getFirst().partitions())
        .extracting(partition -> error(partition.errorCode()))
        .containsExactly(ErrorCode.NONE, ErrorCode.OFFSET_METADATA_TOO_LARGE, ErrorCode.NONE);
    OffsetFetchResponseGroup fetched = world.fetch(false, "topic", 0, 1, 2);
    assertThat(fetched.topics().getFirst().partitions())
        .extracting(partition -> partition.committedOffset())
        .containsExactly(9L, -1L, 9L);
    assertThat(fetched.topics().getFirst().partitions().get(2).metadata()).isEmpty();
  }

  private static OffsetCommitRequestPartition partition(int index, @Nullable String metadata) {
    return OffsetCommitRequestPartition.builder()
        .partitionIndex(index)
        .committedOffset(9)
        .committedMetadata(metadata)
        .build();
  }

  @Test
  void whatIsUnknownHasNoOffsetAndNoError() {
    OffsetFetchResponseGroup nothing = world.fetch(true, "topic", 0);
    assertThat(nothing.errorCode()).isZero();
    assertThat(nothing.topics().getFirst().partitions().getFirst())
        .satisfies(partition -> {
          assertThat(partition.errorCode()).isZero();
          assertThat(partition.committedOffset()).isEqualTo(-1);
          assertThat(partition.committedLeaderEpoch()).isEqualTo(-1);
          assertThat(partition.metadata()).isEmpty();
        });
    assertThat(world.fetch(false, (List<OffsetFetchRequestTopics>) null).topics()).isEmpty();
  }

  @Test
  void allOffsetsOfAGroupAreFetchedSorted() {
    world.commit("", -1, "b", 2, 1);
    world.commit("", -1, "b", 0, 2);
    world.commit("", -1, "a", 1, 3);
    OffsetFetchResponseGroup all = world.fetch(true, (List<OffsetFetchRequestTopics>) null);
    assertThat(all.topics()).extracting(topic -> topic.name()).containsExactly("a", "b");
    assertThat(all.topics().get(1).partitions())
        .extracting(partition -> partition.partitionIndex())
        .containsExactly(0, 2);
    assertThat(all.topics().get(1).partitions().getFirst().metadata()).isEqualTo("m2");
    assertThat(all.topics().get(1).partitions().getFirst().committedLeaderEpoch()).isEqualTo(3);
  }

  @Test
  void offsetsOfAnotherTopicOfTheSameNameAreNotSeen() {
    Uuid id = new Uuid(1, 1);
    Uuid other = new Uuid(2, 2);
    world.send(
        committing("", -1, "x", 0, 0)
            .topics(
                List.of(
                    OffsetCommitRequestTopic.builder()
                        .name("topic")
                        .topicId(id)
                        .partitions(List.of(partition(0, "m")))
                        .build())));
    assertThat(fetchWithId(id)).isEqualTo(9);
    assertThat(fetchWithId(other)).isEqualTo(-1);
    assertThat(fetchWithId(Uuid.ZERO)).isEqualTo(9);
    world.deleteTopic("topic", other);
    assertThat(fetchWithId(id)).isEqualTo(9);
    world.deleteTopic("topic", id);
    assertThat(fetchWithId(id)).isEqualTo(-1);
    world.failOver();
    assertThat(fetchWithId(id)).isEqualTo(-1);
  }

  private long fetchWithId(Uuid id) {
    return world
        .fetch(
            false,
            List.of(
                OffsetFetchRequestTopics.builder()
                    .name("topic")
                    .topicId(id)
                    .partitionIndexes(List.of(0))
                    .build()))
        .topics()
        .getFirst()
        .partitions()
        .getFirst()
        .committedOffset();
  }

  @Test
  void aCommitThatIsOnItsWayWhenItsTopicGoesIsFoundOut() {
    world.log().hold();
    world.send(committing("", -1, "topic", 0, 5));
    world.deleteTopic("topic", Uuid.ZERO);
    world.log().release();
    world.settle();
    assertThat(world.offset("topic", 0)).isEqualTo(5);
    world.passMs(5_100);
    assertThat(world.offset("topic", 0)).isEqualTo(-1);
  }

  @Test
  void openTransactionsMakeOffsetsUnstable() {
    world.commit("", -1, "topic", 0, 5);
    putTransactional(77, 0, 9);
    putTransactional(77, 1, 10);
    world.failOver();
    assertThat(unstable(0)).isEqualTo(ErrorCode.UNSTABLE_OFFSET_COMMIT);
    assertThat(unstable(1)).isEqualTo(ErrorCode.UNSTABLE_OFFSET_COMMIT);
    assertThat(world.offset("topic", 0)).isEqualTo(5);

    world.log().mark(77, true);
    world.failOver();
    assertThat(unstable(0)).isEqualTo(ErrorCode.NONE);
    assertThat(world.offset("topic", 0)).isEqualTo(9);
    assertThat(world.offset("topic", 1)).isEqualTo(10);
  }

  @Test
  void abortedAndOutdatedTransactionsDoNotCount() {
    putTransactional(77, 0, 9);
    putTransactional(78, 1, 9);
    world.log().put(CoordinatorLog.NO_PRODUCER, offsetRecord(1, 20));
    world.log().mark(77, false);
    world.log().mark(78, true);
    world.failOver();
    assertThat(world.offset("topic", 0)).isEqualTo(-1);
    assertThat(world.offset("topic", 1)).isEqualTo(20);
  }

  private ErrorCode unstable(int partition) {
    return error(
        world
            .fetch(true, "topic", partition)
            .topics()
            .getFirst()
            .partitions()
            .getFirst()
            .errorCode());
  }

  private void putTransactional(long producerId, int partition, long offset) {
    world.log().put(producerId, offsetRecord(partition, offset));
  }

  private static KeyValue offsetRecord(int partition, long offset) {
    OffsetCommitValue value = OffsetCommitValue.builder().offset(offset).build();
    return GroupRecords.offset(GROUP, "topic", partition, CommittedOffset.unwritten(value));
  }

  // Deleting

  private Later<OffsetDeleteResponse> deleteOffsets(String topic, int... partitions) {
    Later<OffsetDeleteResponse> answer = new Later<>();
    List<OffsetDeleteRequestPartition> list =
        Arrays.stream(partitions)
            .mapToObj(p -> OffsetDeleteRequestPartition.builder().partitionIndex(p).build())
            .toList();
    world
        .coordinator()
        .deleteOffsets(
            OffsetDeleteRequest.builder()
                .groupId(GROUP)
                .topics(
                    List.of(
                        OffsetDeleteRequestTopic.builder().name(topic).partitions(list).build()))
                .build(),
            answer);
    world.settle();
    return answer;
  }

  @Test
  void offsetsOfTopicsThatNobodyReadsAreDeleted() {
    String id = world.stableMember();
    world.commit(id, 1, "topic", 0, 5);
    world.commit(id, 1, "other", 0, 6);
    assertThat(
            error(
                deleteOffsets("topic", 0)
                    .get()
                    .topics()
                    .getFirst()
                    .partitions()
                    .getFirst()
                    .errorCode()))
        .isEqualTo(ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC);
    assertThat(
            error(
                deleteOffsets("other", 0, 1)
                    .get()
                    .topics()
                    .getFirst()
                    .partitions()
                    .getFirst()
                    .errorCode()))
        .isEqualTo(ErrorCode.NONE);
    assertThat(world.offset("topic", 0)).isEqualTo(5);
    assertThat(world.offset("other", 0)).isEqualTo(-1);
    world.failOver();
    assertThat(world.offset("other", 0)).isEqualTo(-1);
  }

  @Test
  void offsetsOfOtherLiveGroupsAreNotDeleted() {
    assertThat(error(deleteOffsets("topic", 0).get().errorCode()))
        .isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
    world.join(joining("", "range").protocolType("connect"));
    world.passMs(3_100);
    assertThat(error(deleteOffsets("topic", 0).get().errorCode()))
        .isEqualTo(ErrorCode.NON_EMPTY_GROUP);
  }

  @Test
  void onlyEmptyGroupsAreDeletedAndWithAllTheirOffsets() {
    assertThat(world.delete()).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
    String id = world.stableMember();
    world.commit(id, 1, "topic", 0, 5);
    assertThat(world.delete()).isEqualTo(ErrorCode.NON_EMPTY_GROUP);
    world.leave(id);
    assertThat(world.delete()).isEqualTo(ErrorCode.NONE);
    assertThat(world.state()).isEqualTo("Dead");
    assertThat(world.offset("topic", 0)).isEqualTo(-1);
    world.failOver();
    assertThat(world.state()).isEqualTo("Dead");
    assertThat(world.offset("topic", 0)).isEqualTo(-1);
  }

  @Test
  void deletingWaitsForCommitsOnTheirWay() {
    world.commit("", -1, "topic", 0, 1);
    world.log().hold();
    Later<OffsetCommitResponse> commit = world.send(committing("", -1, "topic", 1, 2));
    Later<List<ErrorCode>> deleted = new Later<>();
    world.coordinator().delete(List.of(GROUP), deleted);
    world.settle();
    assertThat(deleted.isThere()).isFalse();
    world.log().release();
    world.settle();
    assertThat(error(commit.get())).isEqualTo(ErrorCode.NONE);
    assertThat(deleted.get()).containsExactly(ErrorCode.NONE);
    assertThat(world.offset("topic", 1)).isEqualTo(-1);
    world.failOver();
    assertThat(world.offset("topic", 1)).isEqualTo(-1);
    assertThat(world.state()).isEqualTo("Dead");
  }

  @Test
  void whoJoinsWhileTheGroupIsDeletedFindsANewOne() {
    String id = world.stableMember();
    world.leave(id);
    world.log().hold();
    Later<List<ErrorCode>> deleted = new Later<>();
    world.coordinator().delete(List.of(GROUP), deleted);
    world.settle();
    var joined = world.join(joining("", "range"));
    world.log().release();
    world.passMs(3_100);
    assertThat(deleted.get()).containsExactly(ErrorCode.NONE);
    assertThat(joined.get().generationId()).isEqualTo(1);
    assertThat(subscription("topic")).isEqualTo(joined.get().members().getFirst().metadata());
  }
}
