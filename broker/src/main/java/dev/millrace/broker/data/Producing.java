package dev.millrace.broker.data;

import dev.millrace.base.turns.Timeout;
import dev.millrace.base.turns.Turns;
import dev.millrace.broker.Call;
import dev.millrace.broker.Leaders;
import dev.millrace.broker.Node;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.replica.Partition;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ProduceRequest.TopicProduceData;
import dev.millrace.wire.message.ProduceResponse;
import dev.millrace.wire.message.ProduceResponse.LeaderIdAndEpoch;
import dev.millrace.wire.message.ProduceResponse.NodeEndpoint;
import dev.millrace.wire.message.ProduceResponse.PartitionProduceResponse;
import dev.millrace.wire.message.ProduceResponse.TopicProduceResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One Produce request that appended its batches and waits for their commit. Answers when the last
 * one is settled or the time is over. Lives in the turns of the connection's loop.
 */
final class Producing {
  private static final short NAMES_LEADERS_SINCE = 10;

  private final Call call;
  private final Node node;
  private final Turns loop;
  private final List<Topic> topics;
  private final AtomicInteger open = new AtomicInteger(1);
  private @Nullable Timeout timeout;
  private boolean over;

  /** The slots of one topic, in the order of the request. */
  record Topic(TopicProduceData data, List<Slot> slots, List<@Nullable Partition> partitions) {}

  Producing(Call call, Node node, List<Topic> topics) {
    this.call = call;
    this.node = node;
    this.loop = call.connection().loop();
    this.topics = topics;
  }

  /**
   * Waits for every batch that was appended.
   *
   * @param timeoutMs how long, milliseconds
   */
  void await(int timeoutMs) {
    for (Topic topic : topics) {
      for (int i = 0; i < topic.slots.size(); i++) {
        Slot slot = topic.slots.get(i);
        Partition partition = topic.partitions.get(i);
        if (slot.isAppended() && partition != null) {
          open.incrementAndGet();
          slot.await(partition, this::settled);
        }
      }
    }
    if (open.decrementAndGet() == 0) {
      answer();
      return;
    }
    timeout = loop.after(timeoutMs, this::finish);
    call.onGone(this::giveUp);
  }

  void answer() {
    Leaders leaders = new Leaders(node, call);
    List<TopicProduceResponse> responses = new ArrayList<>(topics.size());
    for (Topic topic : topics) {
      List<PartitionProduceResponse> partitions = new ArrayList<>(topic.slots.size());
      topic.slots.forEach(slot -> partitions.add(response(topic.data, slot, leaders)));
      responses.add(
          TopicProduceResponse.builder()
              .name(topic.data.name())
              .topicId(topic.data.topicId())
              .partitionResponses(partitions)
              .build());
    }
    call.answer(
        ProduceResponse.builder()
            .responses(responses)
            .nodeEndpoints(leaders.endpoints(NodeEndpoint::new))
            .build());
  }

  private PartitionProduceResponse response(TopicProduceData topic, Slot slot, Leaders leaders) {
    PartitionProduceResponse response = slot.response();
    ErrorCode error = ErrorCode.of(response.errorCode());
    if (call.version() < NAMES_LEADERS_SINCE || error == ErrorCode.NONE) {
      return response;
    }
    PartitionImage elsewhere =
        topic.name().isEmpty()
            ? leaders.after(error, topic.topicId(), response.index())
            : leaders.after(error, topic.name(), response.index());
    return elsewhere == null
        ? response
        : response.toBuilder()
            .currentLeader(new LeaderIdAndEpoch(elsewhere.leader(), elsewhere.leaderEpoch()))
            .build();
  }

  private void settled() {
    if (open.decrementAndGet() == 0) {
      loop.submit(this::finish);
    }
  }

  private void finish() {
    if (!over) {
      giveUp();
      answer();
    }
  }

  private void giveUp() {
    over = true;
    if (timeout != null) {
      timeout.cancel();
    }
    for (Topic topic : topics) {
      topic.slots.forEach(Slot::giveUp);
    }
  }
}
