package dev.millrace.coordinator.group;

import dev.millrace.coordinator.consumer.TopicCatalog;
import dev.millrace.coordinator.streams.Task;
import dev.millrace.wire.message.StreamsGroupHeartbeatRequest.CopartitionGroup;
import dev.millrace.wire.message.StreamsGroupHeartbeatRequest.Subtopology;
import dev.millrace.wire.message.StreamsGroupHeartbeatRequest.TopicInfo;
import dev.millrace.wire.message.StreamsGroupHeartbeatRequest.Topology;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Words of a text are counted, and two topics are joined: three subtopologies. */
final class StreamsApplication {
  static final String TEXT = "text";
  static final String LEFT = "left";
  static final String RIGHT = "right";
  static final String WORDS = "app-words-repartition";
  static final String COUNTS = "app-counts-changelog";
  static final String WINDOW = "app-window-changelog";

  private static final String SPLIT = "0";
  private static final String COUNT = "1";
  private static final String JOIN = "2";

  private StreamsApplication() {}

  static Topology topology() {
    return topology(0);
  }

  static Topology topology(int epoch) {
    return new Topology(
        epoch,
        List.of(
            Subtopology.builder()
                .subtopologyId(SPLIT)
                .sourceTopics(List.of(TEXT))
                .repartitionSinkTopics(List.of(WORDS))
                .build(),
            Subtopology.builder()
                .subtopologyId(COUNT)
                .repartitionSourceTopics(List.of(internal(WORDS)))
                .stateChangelogTopics(List.of(internal(COUNTS)))
                .build(),
            Subtopology.builder()
                .subtopologyId(JOIN)
                .sourceTopics(List.of(LEFT, RIGHT))
                .stateChangelogTopics(List.of(internal(WINDOW)))
                .copartitionGroups(
                    List.of(
                        new CopartitionGroup(List.of((short) 0, (short) 1), List.of(), List.of())))
                .build()));
  }

  static TopicInfo internal(String name) {
    return TopicInfo.builder().name(name).build();
  }

  static String inputOf(String subtopology) {
    return switch (subtopology) {
      case SPLIT -> TEXT;
      case COUNT -> WORDS;
      default -> LEFT;
    };
  }

  static String readerOf(String topic) {
    return switch (topic) {
      case TEXT -> SPLIT;
      case WORDS -> COUNT;
      default -> JOIN;
    };
  }

  static boolean isStateful(String subtopology) {
    return !subtopology.equals(SPLIT);
  }

  /** Topics that must grow together. */
  static Set<String> together(boolean words) {
    return new HashSet<>(words ? List.of(TEXT, WORDS, COUNTS) : List.of(LEFT, RIGHT, WINDOW));
  }

  static Set<Task> tasks(TopicCatalog topics) {
    Set<Task> tasks = new HashSet<>();
    for (String subtopology : List.of(SPLIT, COUNT, JOIN)) {
      TopicCatalog.Topic input = Objects.requireNonNull(topics.find(inputOf(subtopology)));
      for (int partition = 0; partition < input.partitions(); partition++) {
        tasks.add(new Task(subtopology, partition));
      }
    }
    return tasks;
  }
}
