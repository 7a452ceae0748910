package dev.millrace.broker.fetch;

import dev.millrace.wire.message.FetchRequest;
import dev.millrace.wire.message.FetchRequest.FetchPartition;
import dev.millrace.wire.message.FetchRequest.FetchTopic;
import dev.millrace.wire.message.FetchRequest.ForgottenTopic;
import java.util.ArrayList;
import java.util.List;

/**
 * A fetch request with its partitions in one list.
 *
 * @param byTopicId whether topics are named by id (version 13 and later)
 * @param targets in request order; the same partition may come twice
 * @param forgotten partitions that leave the session; only their topic and index count
 */
record FetchQuery(
    int sessionId,
    int sessionEpoch,
    boolean byTopicId,
    List<FetchTarget> targets,
    List<FetchTarget> forgotten) {
  private static final short FIRST_VERSION_BY_TOPIC_ID = 13;

  static FetchQuery of(FetchRequest request, short version) {
    return new FetchQuery(
        request.sessionId(),
        request.sessionEpoch(),
        version >= FIRST_VERSION_BY_TOPIC_ID,
        wanted(request.topics()),
        forgotten(request.forgottenTopicsData()));
  }

  private static List<FetchTarget> wanted(List<FetchTopic> topics) {
    if (topics.isEmpty()) {
      return List.of();
    }
    List<FetchTarget> targets = new ArrayList<>();
    for (FetchTopic topic : topics) {
      for (FetchPartition partition : topic.partitions()) {
        targets.add(new FetchTarget(topic.topic(), topic.topicId(), partition));
      }
    }
    return targets;
  }

  private static List<FetchTarget> forgotten(List<ForgottenTopic> topics) {
    if (topics.isEmpty()) {
      return List.of();
    }
    List<FetchTarget> targets = new ArrayList<>();
    for (ForgottenTopic topic : topics) {
      for (int index : topic.partitions()) {
        FetchPartition partition = FetchPartition.builder().partition(index).build();
        targets.add(new FetchTarget(topic.topic(), topic.topicId(), partition));
      }
    }
    return targets;
  }
}
