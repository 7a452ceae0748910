package dev.millrace.broker.coordinator;

import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.TopicImage;
import dev.millrace.wire.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import dev.millrace.wire.message.OffsetCommitRequest.OffsetCommitRequestTopic;
import dev.millrace.wire.message.OffsetCommitResponse.OffsetCommitResponsePartition;
import dev.millrace.wire.message.OffsetCommitResponse.OffsetCommitResponseTopic;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The topics that a commit of offsets names. Partitions that are not there have an error of their
 * own; the others are committed together, with name and id of their topic in every version, so that
 * offsets of a deleted topic are not taken for those of a new one with its name.
 */
public final class OffsetTopics {
  private final List<Named> all;

  private OffsetTopics(List<Named> all) {
    this.all = all;
  }

  /** Looks topics up, by their ids or their names. */
  public static OffsetTopics of(
      List<OffsetCommitRequestTopic> topics, ClusterImage image, boolean byId) {
    return new OffsetTopics(topics.stream().map(topic -> Named.of(topic, image, byId)).toList());
  }

  /** What of them is there, in the order of the request. */
  public List<OffsetCommitRequestTopic> known() {
    return all.stream().map(Named::known).filter(Objects::nonNull).toList();
  }

  /**
   * What is answered about all, in the order of the request.
   *
   * @param committed the coordinator's answer about those that are {@link #known}
   */
  public List<OffsetCommitResponseTopic> answers(List<OffsetCommitResponseTopic> committed) {
    Iterator<OffsetCommitResponseTopic> answers = committed.iterator();
    List<OffsetCommitResponseTopic> topics = new ArrayList<>(all.size());
    for (Named named : all) {
      topics.add(named.answer(named.presence.isAny() ? answers.next().partitions() : List.of()));
    }
    return topics;
  }

  private record Named(
      OffsetCommitRequestTopic topic, Presence<OffsetCommitRequestPartition> presence) {
    static Named of(OffsetCommitRequestTopic topic, ClusterImage image, boolean byId) {
      TopicImage there = byId ? image.topic(topic.topicId()) : image.topic(topic.name());
      return new Named(
          topic,
          Presence.of(
              there, byId, topic.partitions(), OffsetCommitRequestPartition::partitionIndex));
    }

    @Nullable OffsetCommitRequestTopic known() {
      TopicImage there = presence.topic();
      return there == null || !presence.isAny()
          ? null
          : OffsetCommitRequestTopic.builder()
              .name(there.name())
              .topicId(there.id())
              .partitions(presence.there())
              .build();
    }

    OffsetCommitResponseTopic answer(List<OffsetCommitResponsePartition> committed) {
      return OffsetCommitResponseTopic.builder()
          .name(topic.name())
          .topicId(topic.topicId())
          .partitions(
              presence.answers(
                  committed,
                  (partition, error) ->
                      OffsetCommitResponsePartition.builder()
                          .partitionIndex(partition.partitionIndex())
                          .errorCode(error)
                          .build()))
          .build();
    }
  }
}
