package dev.millrace.client.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.client.TopicPartition;
import dev.millrace.wire.message.ConsumerGroupHeartbeatRequest;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MemberReportTest {
  private static final Uuid ID = new Uuid(1, 2);
  private static final Map<String, Uuid> IDS = Map.of("t", ID);
  private static final MemberReport.State EMPTY = new MemberReport.State(Set.of("t"), Set.of());
  private static final MemberReport.State OWNER =
      new MemberReport.State(Set.of("t"), Set.of(new TopicPartition("t", 1)));

  private final MemberReport report =
      new MemberReport("g", "m", new MemberReport.Habits(60_000, "a", null, "uniform"));

  @Test
  void whoJoinsSaysEverything() {
    ConsumerGroupHeartbeatRequest first = report.request(0, EMPTY, IDS);
    assertThat(first.subscribedTopicNames()).containsExactly("t");
    assertThat(first.topicPartitions()).isEmpty();
    assertThat(first.rebalanceTimeoutMs()).isEqualTo(60_000);
    assertThat(first.rackId()).isEqualTo("a");
    assertThat(first.serverAssignor()).isEqualTo("uniform");
  }

  @Test
  void whatTheCoordinatorKnowsIsNotSaidAgain() {
    report.heard(EMPTY);
    ConsumerGroupHeartbeatRequest next = report.request(3, OWNER, IDS);
    assertThat(next.subscribedTopicNames()).isNull();
    assertThat(next.rebalanceTimeoutMs()).isEqualTo(-1);
    assertThat(next.rackId()).isNull();
    assertThat(next.topicPartitions())
        .containsExactly(
            ConsumerGroupHeartbeatRequest.TopicPartitions.builder()
                .topicId(ID)
                .partitions(List.of(1))
                .build());
    report.heard(OWNER);
    assertThat(report.request(3, OWNER, IDS).topicPartitions()).isNull();
  }

  /** The answer with the assignment died with the coordinator; its successor is asked for it. */
  @Test
  void whoCanNotKnowWhatArrivedSaysEverything() {
    report.heard(EMPTY);
    report.unsure();
    ConsumerGroupHeartbeatRequest again = report.request(3, EMPTY, IDS);
    assertThat(again.memberEpoch()).isEqualTo(3);
    assertThat(again.subscribedTopicNames()).containsExactly("t");
    assertThat(again.topicPartitions()).isEmpty();
    assertThat(again.rebalanceTimeoutMs()).isEqualTo(60_000);
  }
}
