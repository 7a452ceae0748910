package dev.millrace.coordinator.streams;

import dev.millrace.coordinator.consumer.Refusal;
import dev.millrace.coordinator.record.StreamsGroupTopologyValue;
import dev.millrace.coordinator.record.StreamsGroupTopologyValue.CopartitionGroup;
import dev.millrace.coordinator.record.StreamsGroupTopologyValue.Subtopology;
import dev.millrace.coordinator.record.StreamsGroupTopologyValue.TopicInfo;
import dev.millrace.quorum.control.TopicNames;
import dev.millrace.wire.ErrorCode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What must be right with a topology by itself, whatever topics there are. */
final class TopologyCheck {
  /** The most that a topology may say, characters: it must fit one record. */
  static final int LENGTH_MAX = 400 << 10;

  /** The most partitions that an application may ask for in one of its internal topics. */
  static final int PARTITIONS_MAX = 10_000;

  private static final int NAMES_SHOWN = 10;

  private TopologyCheck() {}

  /** What is wrong, or null. */
  static @Nullable Refusal fault(StreamsGroupTopologyValue topology) {
    if (length(topology) > LENGTH_MAX) {
      return new Refusal(
          ErrorCode.INVALID_REQUEST,
          "topology says more than a record can hold, characters=" + LENGTH_MAX);
    }
    if (topology.epoch() < 0) {
      return new Refusal(ErrorCode.STREAMS_INVALID_TOPOLOGY_EPOCH, "topology epoch is below 0");
    }
    Refusal names = names(topology);
    if (names != null) {
      return names;
    }
    Set<String> ids = new HashSet<>();
    for (Subtopology each : topology.subtopologies()) {
      Refusal fault =
          ids.add(each.subtopologyId())
              ? fault(each)
              : invalid("subtopology is named twice, id=" + each.subtopologyId());
      if (fault != null) {
        return fault;
      }
    }
    return PartitionCounts.unresolvable(topology);
  }

  private static @Nullable Refusal fault(Subtopology subtopology) {
    if (!subtopology.sourceTopicRegex().isEmpty()) {
      return new Refusal(
          ErrorCode.INVALID_REQUEST,
          "Regular expressions for source topics are not supported yet.");
    }
    if (Topology.inputs(subtopology).isEmpty()) {
      return invalid("subtopology reads no topics, id=" + subtopology.subtopologyId());
    }
    for (TopicInfo changelog : subtopology.stateChangelogTopics()) {
      if (changelog.partitions() != 0) {
        return invalid(
            "Changelog topic "
                + changelog.name()
                + " must have an undefined partition count, but it is set to "
                + changelog.partitions()
                + ".");
      }
    }
    for (TopicInfo repartition : subtopology.repartitionSourceTopics()) {
      if (repartition.partitions() < 0 || repartition.partitions() > PARTITIONS_MAX) {
        return invalid(
            "repartition topic has an impossible number of partitions, topic="
                + repartition.name()
                + " partitions="
                + repartition.partitions()
                + " max="
                + PARTITIONS_MAX);
      }
    }
    return copartitioning(subtopology);
  }

  private static @Nullable Refusal copartitioning(Subtopology subtopology) {
    for (CopartitionGroup group : subtopology.copartitionGroups()) {
      boolean inside =
          within(group.sourceTopics(), subtopology.sourceTopics().size())
              && within(group.sourceTopicRegex(), subtopology.sourceTopicRegex().size())
              && within(
                  group.repartitionSourceTopics(), subtopology.repartitionSourceTopics().size());
      if (!inside) {
        return invalid(
            "copartition group names a topic that the subtopology does not have, id="
                + subtopology.subtopologyId());
      }
    }
    return null;
  }

  private static boolean within(List<Short> indexes, int size) {
    return indexes.stream().allMatch(index -> index >= 0 && index < size);
  }

  /** Internal topics of the broker are nobody's input, and others must be able to exist. */
  private static @Nullable Refusal names(StreamsGroupTopologyValue topology) {
    SortedSet<String> all = new TreeSet<>();
    for (Subtopology each : topology.subtopologies()) {
      all.addAll(Topology.inputs(each));
      all.addAll(each.repartitionSinkTopics());
      each.stateChangelogTopics().forEach(topic -> all.add(topic.name()));
    }
    List<String> internal = all.stream().filter(TopicNames::isInternal).toList();
    if (!internal.isEmpty()) {
      return invalid(
          "Use of Kafka internal topics "
              + String.join(",", internal)
              + " in a Kafka Streams topology is prohibited.");
    }
    List<String> impossible =
        all.stream().filter(name -> TopicNames.problem(name) != null).limit(NAMES_SHOWN).toList();
    return impossible.isEmpty()
        ? null
        : invalid("Topic names " + String.join(",", impossible) + " are not valid topic names.");
  }

  private static long length(StreamsGroupTopologyValue topology) {
    long length = 0;
    for (Subtopology each : topology.subtopologies()) {
      length += each.subtopologyId().length() + 1;
      length += lengthOfNames(each.sourceTopics()) + lengthOfNames(each.sourceTopicRegex());
      length += lengthOfNames(each.repartitionSinkTopics());
      length += lengthOf(each.stateChangelogTopics()) + lengthOf(each.repartitionSourceTopics());
      for (CopartitionGroup group : each.copartitionGroups()) {
        length += 2L * (group.sourceTopics().size() + group.sourceTopicRegex().size());
        length += 2L * group.repartitionSourceTopics().size() + 3;
      }
    }
    return length;
  }

  private static long lengthOfNames(List<String> names) {
    return names.stream().mapToLong(name -> name.length() + 1L).sum();
  }

  private static long lengthOf(List<TopicInfo> topics) {
    long length = 0;
    for (TopicInfo topic : topics) {
      length += topic.name().length() + 8L;
      length +=
          topic.topicConfigs().stream()
              .mapToLong(config -> config.key().length() + config.value().length() + 2L)
              .sum();
    }
    return length;
  }

  static Refusal invalid(String message) {
    return new Refusal(ErrorCode.STREAMS_INVALID_TOPOLOGY, message);
  }
}
