package dev.millrace.broker.topic;

import dev.millrace.broker.AuthorizedOperations;
import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.broker.Node;
import dev.millrace.quorum.control.TopicNames;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.quorum.image.TopicImage;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.DescribeTopicPartitionsRequest;
import dev.millrace.wire.message.DescribeTopicPartitionsRequest.TopicRequest;
import dev.millrace.wire.message.DescribeTopicPartitionsResponse;
import dev.millrace.wire.message.DescribeTopicPartitionsResponse.Cursor;
import dev.millrace.wire.message.DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponsePartition;
import dev.millrace.wire.message.DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * DescribeTopicPartitions (75), version 0: topics with their partitions, page by page (KIP-966).
 *
 * <p>Topics come in the order of their names; no topics in the request means all. A page holds up
 * to {@code ResponsePartitionLimit} partitions, at most {@code max.request.partition.size.limit};
 * the cursor of the answer says where the next page starts. A topic that is not there is named with
 * its error, unless all were asked for.
 */
public final class DescribeTopicPartitionsHandler
    implements Handler<DescribeTopicPartitionsRequest> {
  private static final String LIMIT = "max.request.partition.size.limit";

  private final Node node;

  public DescribeTopicPartitionsHandler(Node node) {
    this.node = node;
  }

  @Override
  public ApiKey key() {
    return ApiKey.DESCRIBE_TOPIC_PARTITIONS;
  }

  @Override
  public void handle(Call call, DescribeTopicPartitionsRequest request) {
    DescribeTopicPartitionsRequest.Cursor cursor = request.cursor();
    if (cursor != null && cursor.partitionIndex() < 0) {
      call.answer(refuseAll(request));
      return;
    }
    ClusterImage image = node.image();
    int limit = Math.min(request.responsePartitionLimit(), node.settings(image).intValue(LIMIT));
    Page page = new Page(image, call.connection().listener(), Math.max(limit, 1));
    boolean all = request.topics().isEmpty();
    for (String name : names(request, image)) {
      int first = cursor != null && name.equals(cursor.topicName()) ? cursor.partitionIndex() : 0;
      TopicImage topic = image.topic(name);
      if (topic == null && all) {
        continue;
      }
      if (!page.add(name, topic, first)) {
        break;
      }
    }
    call.answer(page.response());
  }

  private static Collection<String> names(
      DescribeTopicPartitionsRequest request, ClusterImage image) {
    NavigableSet<String> names = new TreeSet<>();
    if (request.topics().isEmpty()) {
      names.addAll(image.topics().idsByName().keySet());
    } else {
      request.topics().forEach(topic -> names.add(topic.name()));
    }
    DescribeTopicPartitionsRequest.Cursor cursor = request.cursor();
    return cursor == null ? names : names.tailSet(cursor.topicName(), true);
  }

  private static DescribeTopicPartitionsResponse refuseAll(DescribeTopicPartitionsRequest request) {
    return DescribeTopicPartitionsResponse.builder()
        .topics(
            request.topics().stream()
                .map(TopicRequest::name)
                .distinct()
                .map(name -> error(name, ErrorCode.INVALID_REQUEST))
                .toList())
        .build();
  }

  private static DescribeTopicPartitionsResponseTopic error(String name, ErrorCode error) {
    return DescribeTopicPartitionsResponseTopic.builder()
        .errorCode(error)
        .name(name)
        .isInternal(TopicNames.isInternal(name))
        .topicAuthorizedOperations(AuthorizedOperations.TOPIC)
        .build();
  }

  /** The answer as it grows. */
  private static final class Page {
    private final ClusterImage image;
    private final String listener;
    private final List<DescribeTopicPartitionsResponseTopic> topics = new ArrayList<>();
    private int left;
    private @Nullable Cursor next;

    Page(ClusterImage image, String listener, int limit) {
      this.image = image;
      this.listener = listener;
      this.left = limit;
    }

    /** Adds a topic from its partition {@code first} on; false when the page is full. */
    boolean add(String name, @Nullable TopicImage topic, int first) {
      if (left == 0) {
        next = new Cursor(name, first);
        return false;
      }
      if (topic == null) {
        topics.add(error(name, MissingTopics.error(name)));
        return true;
      }
      int end = (int) Math.min((long) first + left, topic.partitionCount());
      topics.add(describe(topic, first, end));
      left -= Math.max(0, end - first);
      if (end < topic.partitionCount()) {
        next = new Cursor(name, end);
        return false;
      }
      return true;
    }

    private DescribeTopicPartitionsResponseTopic describe(TopicImage topic, int first, int end) {
      List<DescribeTopicPartitionsResponsePartition> partitions = new ArrayList<>();
      for (int index = first; index < end; index++) {
        PartitionImage partition = topic.partition(index);
        if (partition != null) {
          partitions.add(describe(index, Placement.of(partition, image, listener)));
        }
      }
      return DescribeTopicPartitionsResponseTopic.builder()
          .name(topic.name())
          .topicId(topic.id())
          .isInternal(TopicNames.isInternal(topic.name()))
          .partitions(partitions)
          .topicAuthorizedOperations(AuthorizedOperations.TOPIC)
          .build();
    }

    private static DescribeTopicPartitionsResponsePartition describe(
        int index, Placement placement) {
      PartitionImage partition = placement.partition();
      return DescribeTopicPartitionsResponsePartition.builder()
          .errorCode(placement.error())
          .partitionIndex(index)
          .leaderId(placement.leader())
          .leaderEpoch(partition.leaderEpoch())
          .replicaNodes(partition.replicas())
          .isrNodes(partition.isr())
          .eligibleLeaderReplicas(partition.eligible())
          .lastKnownElr(partition.lastEligible())
          .offlineReplicas(placement.offline())
          .build();
    }

    DescribeTopicPartitionsResponse response() {
      return DescribeTopicPartitionsResponse.builder().topics(topics).nextCursor(next).build();
    }
  }
}
