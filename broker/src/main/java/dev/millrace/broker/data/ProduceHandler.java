package dev.millrace.broker.data;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.time.Clock;
import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
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
 * <ul>
 *   <li>7: zstd. 8: which records are to blame, and a message.
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
      Partitions partitions,
      Enlisting enlisting,
      RecordGate gate,
      BooleanSupplier isCertain,
      Clock clock) {
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
    Joining joining = new Joining(enlisting, call, request.transactionalId(), acks == ACKS_ALL);
    Gating gating = new Gating(gate, call);
    Ways ways = new Ways(acks == ACKS_ALL, joining, gating);
    List<Producing.Topic> topics = new ArrayList<>(request.topicData().size());
    for (TopicProduceData topic : request.topicData()) {
      topics.add(known ? append(call, topic, ways) : refused(topic));
    }
    if (gating.isWaiting() || joining.isWaiting()) {
      call.holdNext();
    }
    if (gating.isWaiting()) {
      gating.ask(() -> joined(call, request, topics, joining));
    } else {
      joined(call, request, topics, joining);
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

  /** How the batches of a request get into their partitions. */
  private record Ways(boolean acksAll, Joining joining, Gating gating) {}

  private void appended(Call call, ProduceRequest request, List<Producing.Topic> topics) {
    switch (request.acks()) {
      case ACKS_NONE -> answerNothing(call, topics);
      case ACKS_ALL -> new Producing(call, topics).await(request.timeoutMs());
      default -> {
        if (isCertain.getAsBoolean()) {
          new Producing(call, topics).answer();
        } else {
          new Producing(call, topics).await(request.timeoutMs());
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
      Partition partition = find(call, topic, one.index());
      if (partition == null) {
        slot.refused(whyAbsent(call, topic, one.index()), null);
      } else {
        append(new Incoming(call, partition, one.records(), slot), ways);
      }
      slots.add(slot);
      found.add(partition);
    }
    return new Producing.Topic(topic, slots, found);
  }

  /** Record bytes on their way to a partition. */
  private record Incoming(
      Call call, Partition partition, @Nullable RecordBytes records, Slot slot) {
    ByteBuffer bytes() {
      return records instanceof RecordBytes.InMemory memory ? memory.view() : NOTHING;
    }
  }

  private void append(Incoming incoming, Ways ways) {
    Call call = incoming.call();
    Partition partition = incoming.partition();
    Slot slot = incoming.slot();
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

  private @Nullable Partition find(Call call, TopicProduceData topic, int index) {
    return isById(call)
        ? partitions.find(topic.topicId(), index)
        : partitions.find(topic.name(), index);
  }

  private ErrorCode whyAbsent(Call call, TopicProduceData topic, int index) {
    Uuid id = topic.topicId();
    return isById(call)
        ? partitions.whyAbsent(id, index)
        : partitions.whyAbsent(topic.name(), index);
  }

  private static boolean isById(Call call) {
    return call.version() >= FIRST_VERSION_BY_TOPIC_ID;
  }
}
