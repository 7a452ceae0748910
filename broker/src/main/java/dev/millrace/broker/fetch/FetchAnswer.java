package dev.millrace.broker.fetch;

import dev.millrace.wire.message.FetchResponse;
import dev.millrace.wire.message.FetchResponse.FetchableTopicResponse;
import dev.millrace.wire.message.FetchResponse.PartitionData;
import java.util.ArrayList;
import java.util.List;

/** Puts the outcomes of partitions into a response, neighbours of one topic together. */
final class FetchAnswer {
  private FetchAnswer() {}

  static boolean hasRecords(PartitionData data) {
    return data.records() != null && data.records().size() > 0;
  }

  /** The response of a session, or of none when {@code sessionId} is zero. */
  static FetchResponse of(int sessionId, List<FetchTurn.Outcome> outcomes) {
    return FetchResponse.builder().sessionId(sessionId).responses(topics(outcomes)).build();
  }

  private static List<FetchableTopicResponse> topics(List<FetchTurn.Outcome> outcomes) {
    if (outcomes.isEmpty()) {
      return List.of();
    }
    List<FetchableTopicResponse> topics = new ArrayList<>();
    int from = 0;
    for (int i = 1; i <= outcomes.size(); i++) {
      FetchTarget first = outcomes.get(from).target();
      if (i == outcomes.size() || !outcomes.get(i).target().sameTopic(first)) {
        topics.add(topic(outcomes.subList(from, i)));
        from = i;
      }
    }
    return topics;
  }

  private static FetchableTopicResponse topic(List<FetchTurn.Outcome> outcomes) {
    List<PartitionData> partitions = new ArrayList<>(outcomes.size());
    for (FetchTurn.Outcome outcome : outcomes) {
      partitions.add(outcome.data());
    }
    FetchTarget target = outcomes.getFirst().target();
    return FetchableTopicResponse.builder()
        .topic(target.topic())
        .topicId(target.topicId())
        .partitions(partitions)
        .build();
  }
}
