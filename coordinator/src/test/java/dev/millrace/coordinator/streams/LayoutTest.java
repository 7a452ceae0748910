package dev.millrace.coordinator.streams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.coordinator.consumer.Refusal;
import dev.millrace.coordinator.consumer.TopicCatalog;
import dev.millrace.coordinator.record.StreamsGroupTopologyValue;
import dev.millrace.coordinator.record.StreamsGroupTopologyValue.CopartitionGroup;
import dev.millrace.coordinator.record.StreamsGroupTopologyValue.Subtopology;
import dev.millrace.coordinator.record.StreamsGroupTopologyValue.TopicConfig;
import dev.millrace.coordinator.record.StreamsGroupTopologyValue.TopicInfo;
import dev.millrace.wire.ErrorCode;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LayoutTest {
  private static final Subtopology SPLIT =
      Subtopology.builder()
          .subtopologyId("0")
          .sourceTopics(List.of("text", "more"))
          .repartitionSinkTopics(List.of("words"))
          .build();

  private static final Subtopology COUNT =
      Subtopology.builder()
          .subtopologyId("1")
          .repartitionSourceTopics(List.of(topic("words", 0)))
          .stateChangelogTopics(List.of(topic("counts", 0)))
          .build();

  private static TopicInfo topic(String name, int partitions) {
    return TopicInfo.builder().name(name).partitions(partitions).build();
  }

  private static StreamsGroupTopologyValue said(Subtopology... subtopologies) {
    return StreamsGroupTopologyValue.builder().subtopologies(List.of(subtopologies)).build();
  }

  private static Layout layout(Map<String, Integer> topics, Subtopology... subtopologies) {
    return Layout.of(new Topology(said(subtopologies)), new Topics(new TreeMap<>(topics)));
  }

  private record Topics(TreeMap<String, Integer> counts) implements TopicCatalog {
    @Override
    public @Nullable Topic find(String name) {
      Integer count = counts.get(name);
      return count == null ? null : new Topic(name, new Uuid(1, name.hashCode()), count);
    }

    @Override
    public @Nullable Topic find(Uuid id) {
      return null;
    }

    @Override
    public Collection<String> names() {
      return counts.keySet();
    }
  }

  private static void assertObstacle(Layout layout, GroupStatus status, String detail) {
    assertThat(layout.obstacle()).isEqualTo(new Layout.Obstacle(status, detail));
    assertThat(layout.isReady()).isFalse();
  }

  @Test
  void internalTopicsAreAsWideAsWhatIsWrittenIntoThem() {
    Layout layout = layout(Map.of("text", 3, "more", 5), SPLIT, COUNT);
    assertObstacle(
        layout, GroupStatus.MISSING_INTERNAL_TOPICS, "Internal topics are missing: counts, words");
    assertThat(layout.missing().values())
        .extracting(InternalTopic::partitions)
        .containsExactly(5, 5);
    Layout whole = layout(Map.of("text", 3, "more", 5, "words", 5, "counts", 5), SPLIT, COUNT);
    assertThat(whole.isReady()).isTrue();
    assertThat(whole.taskCounts()).isEqualTo(Map.of("0", 5, "1", 5));
    assertThat(whole.hash()).isNotEqualTo(layout.hash());
  }

  @Test
  void topicsOfUsersMustBeThere() {
    assertObstacle(
        layout(Map.of(), SPLIT, COUNT),
        GroupStatus.MISSING_SOURCE_TOPICS,
        "Source topics more, text are missing.");
  }

  @Test
  void whatIsThereMustFit() {
    assertObstacle(
        layout(Map.of("text", 3, "more", 5, "words", 4), SPLIT, COUNT),
        GroupStatus.INCORRECTLY_PARTITIONED_TOPICS,
        "Existing topic words has different number of partitions: expected 5, found 4");
  }

  @Test
  void topicsThatAreJoinedHaveEquallyManyPartitions() {
    Subtopology join =
        Subtopology.builder()
            .subtopologyId("0")
            .sourceTopics(List.of("left", "right"))
            .copartitionGroups(
                List.of(new CopartitionGroup(List.of((short) 0, (short) 1), List.of(), List.of())))
            .build();
    assertObstacle(
        layout(Map.of("left", 3, "right", 5), join),
        GroupStatus.INCORRECTLY_PARTITIONED_TOPICS,
        "Following topics do not have the same number of partitions: [{left=3, right=5}]");
    assertThat(layout(Map.of("left", 3, "right", 3), join).isReady()).isTrue();
  }

  @Test
  void aRepartitionTopicFollowsTheTopicItIsJoinedWith() {
    Subtopology join = joined(0);
    Layout layout = layout(Map.of("text", 3, "more", 5, "right", 2), SPLIT, join);
    assertThat(layout.missing().get("words"))
        .isEqualTo(
            new InternalTopic("words", 2, InternalTopic.DEFAULT, Map.of("retention.ms", "-1")));
    assertObstacle(
        layout(Map.of("text", 3, "more", 5, "right", 2), SPLIT, joined(7)),
        GroupStatus.INCORRECTLY_PARTITIONED_TOPICS,
        "Number of partitions [7] of repartition topic [words] doesn't match number of partitions"
            + " [2] of the source topic.");
  }

  private static Subtopology joined(int partitions) {
    return Subtopology.builder()
        .subtopologyId("1")
        .sourceTopics(List.of("right"))
        .repartitionSourceTopics(
            List.of(
                topic("words", partitions).toBuilder()
                    .topicConfigs(List.of(new TopicConfig("retention.ms", "-1")))
                    .build()))
        .copartitionGroups(
            List.of(new CopartitionGroup(List.of((short) 0), List.of(), List.of((short) 0))))
        .build();
  }

  private static void assertFault(ErrorCode error, String part, Subtopology... subtopologies) {
    Refusal refusal = TopologyCheck.fault(said(subtopologies));
    assertThat(refusal).isNotNull();
    assertThat(refusal.error()).isEqualTo(error);
    assertThat(refusal.message()).contains(part);
  }

  @Test
  void topologiesThatCanNotBeAreRefused() {
    ErrorCode invalid = ErrorCode.STREAMS_INVALID_TOPOLOGY;
    assertThat(TopologyCheck.fault(said(SPLIT, COUNT))).isNull();
    assertFault(invalid, "never used as a sink topic", COUNT);
    assertFault(invalid, "named twice", SPLIT, SPLIT);
    assertFault(invalid, "reads no topics", Subtopology.builder().subtopologyId("0").build());
    assertFault(
        invalid,
        "Changelog topic counts must have an undefined partition count, but it is set to 3.",
        SPLIT,
        COUNT.toBuilder().stateChangelogTopics(List.of(topic("counts", 3))).build());
    assertFault(
        invalid,
        "impossible number of partitions",
        SPLIT,
        COUNT.toBuilder()
            .repartitionSourceTopics(List.of(topic("words", Integer.MAX_VALUE)))
            .build());
    assertFault(
        invalid,
        "copartition group",
        SPLIT.toBuilder()
            .copartitionGroups(
                List.of(new CopartitionGroup(List.of((short) 2), List.of(), List.of())))
            .build());
    assertFault(
        invalid,
        "Use of Kafka internal topics __consumer_offsets in a Kafka Streams topology",
        SPLIT.toBuilder().sourceTopics(List.of("__consumer_offsets")).build());
    assertFault(
        invalid,
        "Topic names a b are not valid",
        SPLIT.toBuilder().sourceTopics(List.of("a b")).build());
    assertFault(
        ErrorCode.INVALID_REQUEST,
        "Regular expressions",
        SPLIT.toBuilder().sourceTopicRegex(List.of("a.*")).build());
    assertFault(
        ErrorCode.INVALID_REQUEST,
        "more than a record can hold",
        SPLIT.toBuilder().sourceTopics(List.of("x".repeat(TopologyCheck.LENGTH_MAX))).build());
  }

  @Test
  void loopsHaveNoNumberOfPartitions() {
    Subtopology there =
        Subtopology.builder()
            .subtopologyId("0")
            .repartitionSourceTopics(List.of(topic("a", 0)))
            .repartitionSinkTopics(List.of("b"))
            .build();
    Subtopology back =
        Subtopology.builder()
            .subtopologyId("1")
            .repartitionSourceTopics(List.of(topic("b", 0)))
            .repartitionSinkTopics(List.of("a"))
            .build();
    assertFault(ErrorCode.STREAMS_INVALID_TOPOLOGY, "loops", there, back);
  }

  @Test
  void orderMeansNothing() {
    Subtopology other = SPLIT.toBuilder().sourceTopics(List.of("more", "text")).build();
    assertThat(new Topology(said(COUNT, other))).isEqualTo(new Topology(said(SPLIT, COUNT)));
    assertThat(new Topology(said(SPLIT))).isNotEqualTo(new Topology(said(SPLIT, COUNT)));
  }
}
