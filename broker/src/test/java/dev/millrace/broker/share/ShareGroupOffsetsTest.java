package dev.millrace.broker.share;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.broker.fake.DataNode;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.AlterShareGroupOffsetsRequest;
import dev.millrace.wire.message.AlterShareGroupOffsetsRequest.AlterShareGroupOffsetsRequestPartition;
import dev.millrace.wire.message.AlterShareGroupOffsetsRequest.AlterShareGroupOffsetsRequestTopic;
import dev.millrace.wire.message.AlterShareGroupOffsetsResponse;
import dev.millrace.wire.message.AlterShareGroupOffsetsResponse.AlterShareGroupOffsetsResponsePartition;
import dev.millrace.wire.message.DeleteShareGroupOffsetsRequest;
import dev.millrace.wire.message.DeleteShareGroupOffsetsRequest.DeleteShareGroupOffsetsRequestTopic;
import dev.millrace.wire.message.DeleteShareGroupOffsetsResponse;
import dev.millrace.wire.message.DescribeShareGroupOffsetsRequest;
import dev.millrace.wire.message.DescribeShareGroupOffsetsRequest.DescribeShareGroupOffsetsRequestGroup;
import dev.millrace.wire.message.DescribeShareGroupOffsetsResponse;
import dev.millrace.wire.message.DescribeShareGroupOffsetsResponse.DescribeShareGroupOffsetsResponseGroup;
import dev.millrace.wire.message.FindCoordinatorRequest;
import dev.millrace.wire.message.FindCoordinatorResponse;
import dev.millrace.wire.message.ProduceResponse;
import dev.millrace.wire.message.ShareGroupHeartbeatRequest;
import dev.millrace.wire.message.ShareGroupHeartbeatResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What people do to the offsets of share groups (KIP-932). */
class ShareGroupOffsetsTest {
  private static final String GROUP = ShareMember.GROUP;

  private final DataNode node =
      new DataNode(
          Long.getLong("millrace.seed", 1),
          Map.of(
              "offsets.topic.num.partitions", "1",
              "share.coordinator.state.topic.num.partitions", "1"));

  @BeforeEach
  void open() {
    node.createTopic("work", 2);
    node.call(
        FindCoordinatorResponse.class, FindCoordinatorRequest.builder().key(GROUP).build(), 1);
    node.call(ProduceResponse.class, node.produce("work", 0, -1, "a", "b", "c", "d", "e"), 9);
  }

  /** A start, and the partition that gets it. */
  private record Start(int partition, long offset) {}

  private AlterShareGroupOffsetsResponse alter(String topic, Start... starts) {
    List<AlterShareGroupOffsetsRequestPartition> partitions =
        IntStream.range(0, starts.length)
            .mapToObj(i ->
                new AlterShareGroupOffsetsRequestPartition(starts[i].partition, starts[i].offset))
            .toList();
    AlterShareGroupOffsetsRequest request =
        new AlterShareGroupOffsetsRequest(
            GROUP, List.of(new AlterShareGroupOffsetsRequestTopic(topic, partitions)));
    return node.call(AlterShareGroupOffsetsResponse.class, request, 0);
  }

  private static List<ErrorCode> errors(AlterShareGroupOffsetsResponse response) {
    return response.responses().stream()
        .flatMap(topic -> topic.partitions().stream())
        .map(AlterShareGroupOffsetsResponsePartition::errorCode)
        .map(ErrorCode::of)
        .toList();
  }

  private ErrorCode delete(String topic) {
    DeleteShareGroupOffsetsResponse response =
        node.call(
            DeleteShareGroupOffsetsResponse.class,
            new DeleteShareGroupOffsetsRequest(
                GROUP, List.of(new DeleteShareGroupOffsetsRequestTopic(topic))),
            0);
    return ErrorCode.of(
        response.errorCode() != 0
            ? response.errorCode()
            : response.responses().getFirst().errorCode());
  }

  private DescribeShareGroupOffsetsResponseGroup describe() {
    DescribeShareGroupOffsetsRequest request =
        new DescribeShareGroupOffsetsRequest(
            List.of(new DescribeShareGroupOffsetsRequestGroup(GROUP, null)));
    return node.call(DescribeShareGroupOffsetsResponse.class, request, 1).groups().getFirst();
  }

  /** Where the group begins, by partition. */
  private Map<Integer, Long> starts() {
    Map<Integer, Long> starts = new HashMap<>();
    describe()
        .topics()
        .forEach(topic ->
            topic.partitions().forEach(one -> starts.put(one.partitionIndex(), one.startOffset())));
    return starts;
  }

  private ShareGroupHeartbeatResponse beat(String member, int epoch) {
    ShareGroupHeartbeatRequest request =
        ShareGroupHeartbeatRequest.builder()
            .groupId(GROUP)
            .memberId(member)
            .memberEpoch(epoch)
            .subscribedTopicNames(List.of("work"))
            .build();
    return node.call(ShareGroupHeartbeatResponse.class, request, 1);
  }

  @Test
  void aGroupThatIsNotThereIsMade() {
    assertThat(errors(alter("work", new Start(0, 3), new Start(1, 0))))
        .containsOnly(ErrorCode.NONE);
    assertThat(starts()).containsOnly(Map.entry(0, 3L), Map.entry(1, 0L));
    assertThat(describe().topics().getFirst().partitions().getFirst().lag()).isEqualTo(2);
  }

  @Test
  void theGroupGoesOnWhereItWasSet() {
    assertThat(errors(alter("work", new Start(0, 3)))).containsOnly(ErrorCode.NONE);
    String id = Uuid.random(node.owners().random("member")).toString();
    assertThat(beat(id, 0).errorCode()).isZero();
    ShareMember member = new ShareMember(node, node.topicId("work"), id);
    assertThat(member.poll().acquiredRecords()).containsExactly(ShareMember.acquired(3, 4, 1));
    assertThat(ErrorCode.of(alter("work", new Start(0, 0)).errorCode()))
        .as("while somebody is in it")
        .isEqualTo(ErrorCode.NON_EMPTY_GROUP);
    assertThat(delete("work")).isEqualTo(ErrorCode.NON_EMPTY_GROUP);

    member.client().disconnect();
    assertThat(beat(id, -1).errorCode()).isZero();
    assertThat(errors(alter("work", new Start(0, 1)))).containsOnly(ErrorCode.NONE);
    assertThat(starts().get(0)).isEqualTo(1);
    ShareMember next = new ShareMember(node, node.topicId("work"), id);
    assertThat(beat(id, 0).errorCode()).isZero();
    assertThat(next.poll().acquiredRecords()).containsExactly(ShareMember.acquired(1, 4, 1));
  }

  @Test
  void whatIsNotThereCanNotBeSet() {
    assertThat(errors(alter("nowhere", new Start(0, 3))))
        .containsOnly(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    assertThat(errors(alter("work", new Start(7, 3), new Start(0, 2))))
        .containsExactly(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, ErrorCode.NONE);
    assertThat(errors(alter("work", new Start(0, -2)))).containsOnly(ErrorCode.INVALID_REQUEST);
    assertThat(starts().get(0)).isEqualTo(2);
  }

  @Test
  void offsetsAreForgotten() {
    assertThat(delete("work")).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
    assertThat(errors(alter("work", new Start(0, 3)))).containsOnly(ErrorCode.NONE);
    assertThat(delete("nowhere")).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    assertThat(delete("work")).isEqualTo(ErrorCode.NONE);
    assertThat(starts()).isEmpty();
    assertThat(delete("work")).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  }
}
