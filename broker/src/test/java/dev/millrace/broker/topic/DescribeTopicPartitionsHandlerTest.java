package dev.millrace.broker.topic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.fake.TestNode;
import dev.millrace.quorum.control.CreateTopics;
import dev.millrace.quorum.control.CreateTopics.NewTopic;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.DescribeTopicPartitionsRequest;
import dev.millrace.wire.message.DescribeTopicPartitionsRequest.Cursor;
import dev.millrace.wire.message.DescribeTopicPartitionsRequest.TopicRequest;
import dev.millrace.wire.message.DescribeTopicPartitionsResponse;
import dev.millrace.wire.message.DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponsePartition;
import dev.millrace.wire.message.DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class DescribeTopicPartitionsHandlerTest {
  private final TestNode node = new TestNode(Map.of("max.request.partition.size.limit", "7"));

  DescribeTopicPartitionsHandlerTest() {
    for (int i = 1; i <= 4; i++) {
      node.decide(
          new CreateTopics(List.of(new NewTopic("t" + i, i, 1, Map.of(), Map.of())), false));
    }
  }

  private DescribeTopicPartitionsResponse call(DescribeTopicPartitionsRequest.Builder request) {
    return node.call(DescribeTopicPartitionsResponse.class, request.build(), 0);
  }

  private static DescribeTopicPartitionsRequest.Builder topics(String... names) {
    return DescribeTopicPartitionsRequest.builder()
        .topics(Arrays.stream(names).map(TopicRequest::new).toList());
  }

  /** {@code t2:0,1} for each topic of a page. */
  private static List<String> shown(DescribeTopicPartitionsResponse page) {
    return page.topics().stream()
        .map(topic ->
            topic.name()
                + ":"
                + String.join(
                    ",",
                    topic.partitions().stream()
                        .map(partition -> Integer.toString(partition.partitionIndex()))
                        .toList()))
        .toList();
  }

  @Test
  void oneTopic() {
    DescribeTopicPartitionsResponse answer = call(topics("t2"));
    assertThat(answer.nextCursor()).isNull();
    DescribeTopicPartitionsResponseTopic topic = answer.topics().getFirst();
    assertThat(topic.errorCode()).isZero();
    assertThat(topic.topicId()).isEqualTo(Objects.requireNonNull(node.image().topic("t2")).id());
    assertThat(topic.topicAuthorizedOperations()).isEqualTo(3576);
    assertThat(topic.isInternal()).isFalse();
    DescribeTopicPartitionsResponsePartition partition = topic.partitions().getLast();
    assertThat(partition.leaderId()).isEqualTo(1);
    assertThat(partition.leaderEpoch()).isZero();
    assertThat(partition.replicaNodes()).containsExactly(1);
    assertThat(partition.isrNodes()).containsExactly(1);
    assertThat(partition.eligibleLeaderReplicas()).isEmpty();
    assertThat(partition.lastKnownElr()).isEmpty();
    assertThat(partition.offlineReplicas()).isEmpty();
  }

  @Test
  void unknownAndInvalidTopicsAreNamed() {
    DescribeTopicPartitionsResponse answer = call(topics("zzz", "t1", "a b"));
    assertThat(answer.topics())
        .extracting(DescribeTopicPartitionsResponseTopic::name)
        .containsExactly("a b", "t1", "zzz");
    assertThat(answer.topics())
        .extracting(DescribeTopicPartitionsResponseTopic::errorCode)
        .containsExactly((short) 17, (short) 0, (short) 3);
  }

  @Test
  void pagesOfAnySizeShowEverythingOnce() {
    for (int limit = 0; limit <= 12; limit++) {
      List<String> all = new ArrayList<>();
      Cursor cursor = null;
      do {
        DescribeTopicPartitionsResponse page =
            call(topics().responsePartitionLimit(limit).cursor(cursor));
        int count = page.topics().stream().mapToInt(topic -> topic.partitions().size()).sum();
        assertThat(count).isLessThanOrEqualTo(Math.max(1, Math.min(limit, 7)));
        page.topics()
            .forEach(topic ->
                topic.partitions().forEach(p -> all.add(topic.name() + p.partitionIndex())));
        DescribeTopicPartitionsResponse.Cursor next = page.nextCursor();
        cursor = next == null ? null : new Cursor(next.topicName(), next.partitionIndex());
      } while (cursor != null);
      assertThat(all)
          .containsExactly("t10", "t20", "t21", "t30", "t31", "t32", "t40", "t41", "t42", "t43");
    }
  }

  @Test
  void pageEndsInsideATopic() {
    DescribeTopicPartitionsResponse page = call(topics("t4", "t2").responsePartitionLimit(3));
    assertThat(shown(page)).containsExactly("t2:0,1", "t4:0");
    assertThat(Objects.requireNonNull(page.nextCursor()).topicName()).isEqualTo("t4");
    assertThat(Objects.requireNonNull(page.nextCursor()).partitionIndex()).isEqualTo(1);
  }

  @Test
  void cursorOfATopicThatIsGoneGoesOnBehindIt() {
    assertThat(shown(call(topics().cursor(new Cursor("t2x", 1)))))
        .containsExactly("t3:0,1,2", "t4:0,1,2,3");
    assertThat(shown(call(topics().cursor(new Cursor("t4", 100))))).containsExactly("t4:");
  }

  @Test
  void negativeCursorIsRefused() {
    DescribeTopicPartitionsResponse answer = call(topics("t1", "t2").cursor(new Cursor("t1", -1)));
    assertThat(answer.topics())
        .extracting(DescribeTopicPartitionsResponseTopic::errorCode)
        .containsOnly(ErrorCode.INVALID_REQUEST.code());
  }
}
