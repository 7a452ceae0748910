package dev.millrace.broker.data;

import dev.millrace.base.turns.Timeout;
import dev.millrace.base.turns.Turns;
import dev.millrace.broker.Call;
import dev.millrace.replica.Partition;
import dev.millrace.wire.message.ProduceRequest.TopicProduceData;
import dev.millrace.wire.message.ProduceResponse;
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
  private final Call call;
  private final Turns loop;
  private final List<Topic> topics;
  private final AtomicInteger open = new AtomicInteger(1);
  private @Nullable Timeout timeout;
  private boolean over;

  /** The slots of one topic, in the order of the request. */
  record Topic(TopicProduceData data, List<Slot> slots, List<@Nullable Partition> partitions) {}

  Producing(Call call, List<Topic> topics) {
    this.call = call;
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
    List<TopicProduceResponse> responses = new ArrayList<>(topics.size());
    for (Topic topic : topics) {
      List<PartitionProduceResponse> partitions = new ArrayList<>(topic.slots.size());
      topic.slots.forEach(slot -> partitions.add(slot.response()));
      responses.add(
          TopicProduceResponse.builder()
              .name(topic.data.name())
              .topicId(topic.data.topicId())
              .partitionResponses(partitions)
              .build());
    }
    call.answer(ProduceResponse.builder().responses(responses).build());
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
