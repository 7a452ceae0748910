package dev.millrace.broker.group;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.TopicImage;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.OffsetFetchRequest;
import dev.millrace.wire.message.OffsetFetchRequest.OffsetFetchRequestGroup;
import dev.millrace.wire.message.OffsetFetchRequest.OffsetFetchRequestTopic;
import dev.millrace.wire.message.OffsetFetchRequest.OffsetFetchRequestTopics;
import dev.millrace.wire.message.OffsetFetchResponse;
import dev.millrace.wire.message.OffsetFetchResponse.OffsetFetchResponseGroup;
import dev.millrace.wire.message.OffsetFetchResponse.OffsetFetchResponsePartition;
import dev.millrace.wire.message.OffsetFetchResponse.OffsetFetchResponsePartitions;
import dev.millrace.wire.message.OffsetFetchResponse.OffsetFetchResponseTopic;
import dev.millrace.wire.message.OffsetFetchResponse.OffsetFetchResponseTopics;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One group of an OffsetFetch request: what the coordinator is asked, and what its answer means to
 * the client.
 *
 * @param member who asks, if the request says so (KIP-848)
 * @param asked topics of the request with the names and ids that the image has for them, null for
 *     all; a topic without a name is not there
 * @param byId whether the client knows topics by their ids alone
 */
record FetchedGroup(
    String groupId,
    Member member,
    @Nullable List<OffsetFetchRequestTopics> asked,
    ClusterImage image,
    boolean byId) {
  private static final short LAST_WITHOUT_ERROR = 1;

  /** A member of a group, or nobody. */
  record Member(@Nullable String id, int epoch) {
    static final Member NOBODY = new Member(null, -1);
  }

  static FetchedGroup of(OffsetFetchRequestGroup group, ClusterImage image, boolean byId) {
    List<OffsetFetchRequestTopics> topics = group.topics();
    return new FetchedGroup(
        group.groupId(),
        new Member(group.memberId(), group.memberEpoch()),
        topics == null ? null : topics.stream().map(topic -> known(topic, image, byId)).toList(),
        image,
        byId);
  }

  /** The only group of a request up to version 7. */
  static FetchedGroup single(OffsetFetchRequest request, ClusterImage image) {
    List<OffsetFetchRequestTopic> topics = request.topics();
    List<OffsetFetchRequestTopics> asked = topics == null ? null : new ArrayList<>();
    if (topics != null && asked != null) {
      for (OffsetFetchRequestTopic topic : topics) {
        OffsetFetchRequestTopics wide =
            OffsetFetchRequestTopics.builder()
                .name(topic.name())
                .partitionIndexes(topic.partitionIndexes())
                .build();
        asked.add(known(wide, image, false));
      }
    }
    return new FetchedGroup(request.groupId(), Member.NOBODY, asked, image, false);
  }

  /** A topic that the image does not have keeps what the client said of it. */
  private static OffsetFetchRequestTopics known(
      OffsetFetchRequestTopics topic, ClusterImage image, boolean byId) {
    TopicImage there = byId ? image.topic(topic.topicId()) : image.topic(topic.name());
    return there == null ? topic : topic.toBuilder().name(there.name()).topicId(there.id()).build();
  }

  OffsetFetchRequestGroup question() {
    return OffsetFetchRequestGroup.builder()
        .groupId(groupId)
        .memberId(member.id())
        .memberEpoch(member.epoch())
        .topics(
            asked == null ? null : asked.stream().filter(topic -> !topic.name().isEmpty()).toList())
        .build();
  }

  static List<OffsetFetchResponseGroup> responses(
      List<FetchedGroup> groups, List<OffsetFetchResponseGroup> answers) {
    List<OffsetFetchResponseGroup> responses = new ArrayList<>(groups.size());
    for (int i = 0; i < groups.size(); i++) {
      responses.add(groups.get(i).response(answers.get(i)));
    }
    return responses;
  }

  private OffsetFetchResponseGroup response(OffsetFetchResponseGroup answer) {
    return answer.errorCode() == ErrorCode.NONE.code()
        ? answer.toBuilder().topics(topics(answer.topics())).build()
        : answer;
  }

  private List<OffsetFetchResponseTopics> topics(List<OffsetFetchResponseTopics> found) {
    if (asked == null) {
      return found.stream().filter(this::isCurrent).map(this::withId).toList();
    }
    // those that are not there come last, as Kafka has them
    List<OffsetFetchResponseTopics> topics = new ArrayList<>(found);
    for (OffsetFetchRequestTopics topic : asked) {
      if (topic.name().isEmpty()) {
        topics.add(unknown(topic));
      }
    }
    return topics;
  }

  /** Offsets of a topic that is deleted are not those of the new one with its name. */
  private boolean isCurrent(OffsetFetchResponseTopics topic) {
    TopicImage there = image.topic(topic.name());
    boolean hasId = !topic.topicId().equals(Uuid.ZERO);
    return there == null ? !byId || hasId : !hasId || there.id().equals(topic.topicId());
  }

  private OffsetFetchResponseTopics withId(OffsetFetchResponseTopics topic) {
    TopicImage there = image.topic(topic.name());
    return there == null ? topic : topic.toBuilder().topicId(there.id()).build();
  }

  private static OffsetFetchResponseTopics unknown(OffsetFetchRequestTopics topic) {
    return OffsetFetchResponseTopics.builder()
        .topicId(topic.topicId())
        .partitions(
            topic.partitionIndexes().stream()
                .map(partition -> failed(partition, ErrorCode.UNKNOWN_TOPIC_ID.code()))
                .toList())
        .build();
  }

  private static OffsetFetchResponsePartitions failed(int partition, short error) {
    return OffsetFetchResponsePartitions.builder()
        .partitionIndex(partition)
        .committedOffset(-1)
        .committedLeaderEpoch(-1)
        .metadata("")
        .errorCode(error)
        .build();
  }

  /** Answers a request up to version 7. Version 1 has errors of partitions only. */
  void answerAlone(
      OffsetFetchResponseGroup answer, short version, OffsetFetchResponse.Builder response) {
    short error = answer.errorCode();
    if (error == ErrorCode.NONE.code()) {
      response.topics(narrow(topics(answer.topics())));
    } else if (version > LAST_WITHOUT_ERROR) {
      response.errorCode(error);
    } else {
      response.topics(narrow(failed(error)));
    }
  }

  private List<OffsetFetchResponseTopics> failed(short error) {
    List<OffsetFetchRequestTopics> topics = asked == null ? List.of() : asked;
    return topics.stream()
        .map(topic ->
            OffsetFetchResponseTopics.builder()
                .name(topic.name())
                .partitions(
                    topic.partitionIndexes().stream()
                        .map(partition -> failed(partition, error))
                        .toList())
                .build())
        .toList();
  }

  private static List<OffsetFetchResponseTopic> narrow(List<OffsetFetchResponseTopics> topics) {
    return topics.stream()
        .map(topic ->
            OffsetFetchResponseTopic.builder()
                .name(topic.name())
                .partitions(topic.partitions().stream().map(FetchedGroup::narrow).toList())
                .build())
        .toList();
  }

  private static OffsetFetchResponsePartition narrow(OffsetFetchResponsePartitions partition) {
    return OffsetFetchResponsePartition.builder()
        .partitionIndex(partition.partitionIndex())
        .committedOffset(partition.committedOffset())
        .committedLeaderEpoch(partition.committedLeaderEpoch())
        .metadata(partition.metadata())
        .errorCode(partition.errorCode())
        .build();
  }
}
