package dev.millrace.broker.data;

import dev.millrace.base.time.Clock;
import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.broker.Node;
import dev.millrace.log.AppendOrigin;
import dev.millrace.replica.Partition;
import dev.millrace.replica.Partitions;
import dev.millrace.replica.SchemaDemand;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.RecordBytes;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.ProduceRequest;
import dev.millrace.wire.message.ProduceRequest.PartitionProduceData;
import dev.millrace.wire.message.ProduceRequest.TopicProduceData;
import dev.millrace.wire.records.BatchCheck;
import dev.millrace.wire.records.BatchVerdict;
import dev.millrace.wire.records.RecordBatch;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Produce (0), versions 3 to 13: appends one batch to each of many partitions.
 *
 * <p>The batches are in the log when {@link #handle} returns, so a connection's requests take
 * effect in their order. acks=1 is answered then, acks=all when the high watermark has passed every
 * batch, and so is acks=1 while it is not certain that this node still leads; acks=0 never; an
 * error of acks=0 closes the connection, so that the client looks for a new leader.
 *
 * <p>Batches for a partition that the cluster has this node lead, and that is not open here yet,
 * wait for that: docs/decisions/0059.
 *
 * <ul>
 *   <li>7: zstd. 8: which records are to blame, and a message. 10: who leads what was refused here
 *       (KIP-951).
 *   <li>11: the client knows TRANSACTION_ABORTABLE. 12: the first batch of a transaction makes its
 *       partition part of it (KIP-890); before, the client must have done that.
 *   <li>13: topics by id.
 * </ul>
 */
public final class ProduceHandler implements Handler<ProduceRequest> {
  private static final short ACKS_ALL = -1;
  private static final short ACKS_LEADER = 1;
  private static final short ACKS_NONE = 0;
  private static final short FIRST_VERSION_BY_TOPIC_ID = 13;

  /** The one client that may write to topics of the cluster itself. */
  private static final String ADMIN_CLIENT = "__admin_client";

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final Node node;
  private final Partitions partitions;
  private final Enlisting enlisting;
  private final RecordGate gate;
  private final BooleanSupplier isCertain;
  private final Clock clock;

  /**
   * Appends to {@code partitions}.
   *
   * @param enlisting asks for the transactions of producers
   * @param gate asked for topics whose records must fit schemas
   * @param isCertain whether nobody else can lead by now what this node leads; any thread
   */
  public ProduceHandler(
      Node node,
      Partitions partitions,
      Enlisting enlisting,
      RecordGate gate,
      BooleanSupplier isCertain,
      Clock clock) {
    this.node = node;
    this.partitions = partitions;
    this.enlisting = enlisting;
    this.gate = gate;
    this.isCertain = isCertain;
    this.clock = clock;
  }

  @Override
  public ApiKey key() {
    return ApiKey.PRODUCE;
  }

  @Override
  public void handle(Call call, ProduceRequest request) {
    short acks = request.acks();
    boolean known = acks == ACKS_ALL || acks == ACKS_LEADER || acks == ACKS_NONE;
    Ways ways =
        new Ways(
            acks == ACKS_ALL,
            new Upcoming(partitions, call),
            new Gating(gate, call),
            new Joining(enlisting, call, request.transactionalId(), acks == ACKS_ALL));
    List<Producing.Topic> topics = new ArrayList<>(request.topicData().size());
    for (TopicProduceData topic : request.topicData()) {
      topics.add(known ? append(call, topic, ways) : refused(topic));
    }
    if (ways.isWaiting()) {
      call.holdNext();
    }
    if (ways.upcoming.isWaiting()) {
      ways.upcoming.await(request.timeoutMs(), () -> opened(call, request, topics, ways));
    } else {
      opened(call, request, topics, ways);
    }
  }

  private void opened(Call call, ProduceRequest request, List<Producing.Topic> topics, Ways ways) {
    if (ways.gating.isWaiting()) {
      ways.gating.ask(() -> joined(call, request, topics, ways.joining));
    } else {
      joined(call, request, topics, ways.joining);
    }
  }

  private void joined(
      Call call, ProduceRequest request, List<Producing.Topic> topics, Joining joining) {
    if (joining.isWaiting()) {
      joining.ask(() -> appended(call, request, topics));
    } else {
      appended(call, request, topics);
    }
  }

  /** How the batches of a request get into their partitions, in this order. */
  private record Ways(boolean acksAll, Upcoming upcoming, Gating gating, Joining joining) {
    boolean isWaiting() {
      return upcoming.isWaiting() || gating.isWaiting() || joining.isWaiting();
    }
  }

  private void appended(Call call, ProduceRequest request, List<Producing.Topic> topics) {
    switch (request.acks()) {
      case ACKS_NONE -> answerNothing(call, topics);
      case ACKS_ALL -> new Producing(call, node, topics).await(request.timeoutMs());
      default -> {
        if (isCertain.getAsBoolean()) {
          new Producing(call, node, topics).answer();
        } else {
          new Producing(call, node, topics).await(request.timeoutMs());
        }
      }
    }
  }

  private Producing.Topic append(Call call, TopicProduceData topic, Ways ways) {
    List<PartitionProduceData> data = topic.partitionData();
    List<Slot> slots = new ArrayList<>(data.size());
    List<@Nullable Partition> found = new ArrayList<>(data.size());
    for (PartitionProduceData one : data) {
      Slot slot = new Slot(one.index());
      Addressee to = addressee(call, topic, one.index());
      Partition partition = to.find();
      int at = found.size();
      slots.add(slot);
      found.add(partition);
      if (to.isUpcoming(partition)) {
        ways.upcoming()
            .take(
                one.records(),
                records -> {
                  Partition opened = to.find();
                  found.set(at, opened);
                  append(new Incoming(call, to, opened, records, slot), ways);
                });
      } else {
        append(new Incoming(call, to, partition, one.records(), slot), ways);
      }
    }
    return new Producing.Topic(topic, slots, found);
  }

  private Addressee addressee(Call call, TopicProduceData topic, int index) {
    boolean isById = call.version() >= FIRST_VERSION_BY_TOPIC_ID;
    return new Addressee(partitions, topic.name(), isById ? topic.topicId() : null, index);
  }

  /** Record bytes on their way to a partition, if this node has it. */
  private record Incoming(
      Call call,
      Addressee to,
      @Nullable Partition partition,
      @Nullable RecordBytes records,
      Slot slot) {
    ByteBuffer bytes() {
      return records instanceof RecordBytes.InMemory memory ? memory.view() : NOTHING;
    }
  }

  private void append(Incoming incoming, Ways ways) {
    Call call = incoming.call();
    Partition partition = incoming.partition();
    Slot slot = incoming.slot();
    if (partition == null) {
      slot.refused(incoming.to().whyAbsent(), null);
      return;
    }
    if (partition.isInternal() && !call.clientId().equals(ADMIN_CLIENT)) {
      slot.refused(ErrorCode.INVALID_TOPIC_EXCEPTION, "topic belongs to the cluster itself");
      return;
    }
    ErrorCode refusal = partition.appendRefusal(ways.acksAll());
    if (refusal != ErrorCode.NONE) {
      slot.refused(refusal, null);
      return;
    }
    BatchVerdict verdict =
        BatchCheck.check(incoming.bytes(), partition.batchRules(), call.version(), clock.wallMs());
    switch (verdict) {
      case BatchVerdict.Refused refused -> slot.refused(refused);
      case BatchVerdict.Accepted accepted -> {
        SchemaDemand demand = partition.schemaDemand();
        if (demand == null) {
          enter(partition, accepted.batch(), slot, ways);
        } else {
          ways.gating()
              .take(
                  partition,
                  demand,
                  accepted.batch(),
                  slot,
                  (batch, of) -> enter(partition, batch, of, ways));
        }
      }
    }
  }

  private static void enter(Partition partition, RecordBatch batch, Slot slot, Ways ways) {
    if (batch.isTransactional()) {
      ways.joining().take(partition, batch, slot);
    } else {
      slot.took(partition.append(batch, AppendOrigin.CLIENT, ways.acksAll()));
    }
  }

  private static Producing.Topic refused(TopicProduceData topic) {
    List<Slot> slots = new ArrayList<>();
    List<@Nullable Partition> none = new ArrayList<>();
    for (PartitionProduceData one : topic.partitionData()) {
      Slot slot = new Slot(one.index());
      slot.refused(ErrorCode.INVALID_REQUIRED_ACKS, "acks must be 0, 1 or -1");
      slots.add(slot);
      none.add(null);
    }
    return new Producing.Topic(topic, slots, none);
  }

  private static void answerNothing(Call call, List<Producing.Topic> topics) {
    for (Producing.Topic topic : topics) {
      for (Slot slot : topic.slots()) {
        if (!slot.isAppended()) {
          call.connection().close("produce with acks=0 failed, error=" + slot.error());
          return;
        }
      }
    }
    call.answerNothing();
  }
}
