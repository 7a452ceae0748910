package dev.millrace.broker.share;

import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.broker.Node;
import dev.millrace.coordinator.consumer.Partitions;
import dev.millrace.coordinator.group.ShareGroupFront;
import dev.millrace.coordinator.share.ShareKey;
import dev.millrace.coordinator.share.ShareState;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.TopicImage;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.DescribeShareGroupOffsetsRequest;
import dev.millrace.wire.message.DescribeShareGroupOffsetsRequest.DescribeShareGroupOffsetsRequestGroup;
import dev.millrace.wire.message.DescribeShareGroupOffsetsRequest.DescribeShareGroupOffsetsRequestTopic;
import dev.millrace.wire.message.DescribeShareGroupOffsetsResponse;
import dev.millrace.wire.message.DescribeShareGroupOffsetsResponse.DescribeShareGroupOffsetsResponseGroup;
import dev.millrace.wire.message.DescribeShareGroupOffsetsResponse.DescribeShareGroupOffsetsResponsePartition;
import dev.millrace.wire.message.DescribeShareGroupOffsetsResponse.DescribeShareGroupOffsetsResponseTopic;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * DescribeShareGroupOffsets (90), versions 0 and 1: how far share groups are (KIP-932). Where
 * nothing is known, the start is −1 and no error, also of groups and topics that are not there.
 *
 * <ul>
 *   <li>1: how many records are still to be delivered (KIP-1226); −1 when nobody who knows answers.
 * </ul>
 */
final class DescribeShareGroupOffsetsHandler implements Handler<DescribeShareGroupOffsetsRequest> {
  private static final long UNKNOWN = -1;

  private final Node node;
  private final ShareAccess access;
  private final ShareGroupFront groups;
  private final StateStore store;
  private final EndOffsets ends;

  DescribeShareGroupOffsetsHandler(
      Node node, ShareAccess access, ShareGroupFront groups, StateStore store, EndOffsets ends) {
    this.node = node;
    this.access = access;
    this.groups = groups;
    this.store = store;
    this.ends = ends;
  }

  @Override
  public ApiKey key() {
    return ApiKey.DESCRIBE_SHARE_GROUP_OFFSETS;
  }

  @Override
  public void handle(Call call, DescribeShareGroupOffsetsRequest request) {
    Gathering
        .<DescribeShareGroupOffsetsRequestGroup, DescribeShareGroupOffsetsRequestGroup,
            DescribeShareGroupOffsetsResponseGroup>
            of(
                request.groups(),
                List::of,
                (_, group, answer) -> describe(group, answer),
                results ->
                    call.answer(
                        DescribeShareGroupOffsetsResponse.builder()
                            .groups(results.stream().map(List::getFirst).toList())
                            .build()));
  }

  private void describe(
      DescribeShareGroupOffsetsRequestGroup group,
      Consumer<DescribeShareGroupOffsetsResponseGroup> answer) {
    if (!access.isOn()) {
      answer.accept(failed(group.groupId(), ErrorCode.UNSUPPORTED_VERSION));
      return;
    }
    groups.read(
        group.groupId(),
        read -> {
          if (read.error() != ErrorCode.NONE && read.error() != ErrorCode.GROUP_ID_NOT_FOUND) {
            answer.accept(failed(group.groupId(), read.error()));
          } else {
            describe(group.groupId(), wanted(group, read.partitions()), answer);
          }
        });
  }

  private static DescribeShareGroupOffsetsResponseGroup failed(String groupId, ErrorCode error) {
    return DescribeShareGroupOffsetsResponseGroup.builder()
        .groupId(groupId)
        .errorCode(error)
        .errorMessage(ShareAccess.message(error))
        .build();
  }

  private List<DescribeShareGroupOffsetsRequestTopic> wanted(
      DescribeShareGroupOffsetsRequestGroup group, Partitions known) {
    List<DescribeShareGroupOffsetsRequestTopic> topics = group.topics();
    if (topics != null) {
      return topics;
    }
    List<DescribeShareGroupOffsetsRequestTopic> all = new ArrayList<>();
    ClusterImage image = node.image();
    known
        .topics()
        .forEach(id -> {
          TopicImage topic = image.topic(id);
          if (topic != null) {
            all.add(
                new DescribeShareGroupOffsetsRequestTopic(topic.name(), List.copyOf(known.of(id))));
          }
        });
    return all;
  }

  private void describe(
      String groupId,
      List<DescribeShareGroupOffsetsRequestTopic> topics,
      Consumer<DescribeShareGroupOffsetsResponseGroup> answer) {
    ClusterImage image = node.image();
    Gathering
        .<DescribeShareGroupOffsetsRequestTopic, Integer,
            DescribeShareGroupOffsetsResponsePartition>
            of(
                topics,
                DescribeShareGroupOffsetsRequestTopic::partitions,
                (at, index, give) ->
                    partition(groupId, image.topic(topics.get(at).topicName()), index, give),
                results -> answer.accept(group(groupId, topics, results, image)));
  }

  private void partition(
      String groupId,
      @Nullable TopicImage topic,
      int index,
      Consumer<DescribeShareGroupOffsetsResponsePartition> answer) {
    if (topic == null || topic.partition(index) == null) {
      answer.accept(nothing(index));
      return;
    }
    ShareKey key = new ShareKey(groupId, topic.id(), index);
    store.summary(
        key,
        found -> {
          ShareState state = found.state();
          if (state == null) {
            answer.accept(nothing(index));
          } else if (hasNoLag(state)) {
            answer.accept(partition(index, state, UNKNOWN));
          } else {
            ends.end(topic, index, end -> answer.accept(partition(index, state, lag(state, end))));
          }
        });
  }

  private static DescribeShareGroupOffsetsResponsePartition partition(
      int index, ShareState state, long lag) {
    return DescribeShareGroupOffsetsResponsePartition.builder()
        .partitionIndex(index)
        .startOffset(state.startOffset())
        .leaderEpoch(state.leaderEpoch())
        .lag(lag)
        .build();
  }

  private static DescribeShareGroupOffsetsResponsePartition nothing(int index) {
    return DescribeShareGroupOffsetsResponsePartition.builder()
        .partitionIndex(index)
        .startOffset(UNKNOWN)
        .lag(UNKNOWN)
        .build();
  }

  private static boolean hasNoLag(ShareState state) {
    return state.startOffset() == ShareState.UNINITIALIZED || state.deliveryCompleteCount() < 0;
  }

  private static long lag(ShareState state, long end) {
    return end == EndOffsets.UNKNOWN
        ? UNKNOWN
        : Math.max(0, end - state.startOffset() - state.deliveryCompleteCount());
  }

  private static DescribeShareGroupOffsetsResponseGroup group(
      String groupId,
      List<DescribeShareGroupOffsetsRequestTopic> topics,
      List<List<DescribeShareGroupOffsetsResponsePartition>> results,
      ClusterImage image) {
    List<DescribeShareGroupOffsetsResponseTopic> described = new ArrayList<>();
    for (int i = 0; i < topics.size(); i++) {
      TopicImage topic = image.topic(topics.get(i).topicName());
      DescribeShareGroupOffsetsResponseTopic.Builder one =
          DescribeShareGroupOffsetsResponseTopic.builder()
              .topicName(topics.get(i).topicName())
              .partitions(results.get(i));
      described.add(topic == null ? one.build() : one.topicId(topic.id()).build());
    }
    return DescribeShareGroupOffsetsResponseGroup.builder()
        .groupId(groupId)
        .topics(described)
        .build();
  }
}
