package dev.millrace.sim.cluster;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.net.Connection;
import dev.millrace.net.FrameHandler;
import dev.millrace.net.Reply;
import dev.millrace.wire.RecordBytes;
import dev.millrace.wire.WireReader;
import dev.millrace.wire.WireWriter;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.ProduceRequest;
import dev.millrace.wire.message.ProduceResponse;
import dev.millrace.wire.message.RequestHeader;
import dev.millrace.wire.message.ResponseHeader;
import dev.millrace.wire.records.RecordBatch;
import dev.millrace.wire.records.RecordCursor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Stands before a node's front desk and tells what it acknowledges. */
final class ProduceTap implements FrameHandler {
  private static final short TOPIC_IDS = 13;

  /** Answers of older versions are of no use here. */
  private static final short OLDEST = 9;

  private final FrameHandler desk;
  private final Told told;
  private final Function<String, Uuid> ids;

  /** Where in the cluster a batch goes. */
  private record Place(Uuid topicId, int index) {}

  /** Hears of acknowledgements. */
  interface Told {
    /** The epoch in which the node leads a partition; -1 when it does not. */
    int leads(Uuid topicId, int index);

    void acknowledged(Observer.Sent sent, long baseOffset);
  }

  /**
   * @param ids of topics by their names, as the node knows them
   */
  ProduceTap(FrameHandler desk, Function<String, Uuid> ids, Told told) {
    this.desk = desk;
    this.ids = ids;
    this.told = told;
  }

  @Override
  public void handle(Connection connection, ByteBuffer frame, Reply reply) {
    short key = frame.getShort(frame.position());
    short version = frame.getShort(frame.position() + Short.BYTES);
    Reply tapped = reply;
    if (key == ApiKey.PRODUCE.id() && version >= OLDEST) {
      Map<Place, Observer.Sent> sent = sent(frame.duplicate(), version);
      tapped = sent.isEmpty() ? reply : new Tapped(reply, version, sent);
    }
    desk.handle(connection, frame, tapped);
  }

  @Override
  public void closed(Connection connection) {
    desk.closed(connection);
  }

  private Map<Place, Observer.Sent> sent(ByteBuffer frame, short version) {
    WireReader in = new WireReader(frame);
    RequestHeader.read(in, ApiKey.PRODUCE.requestHeaderVersion(version));
    ProduceRequest request = ProduceRequest.read(in, version);
    Map<Place, Observer.Sent> sent = new HashMap<>();
    if (request.acks() != -1) {
      return sent;
    }
    for (ProduceRequest.TopicProduceData topic : request.topicData()) {
      for (ProduceRequest.PartitionProduceData data : topic.partitionData()) {
        if (data.records() instanceof RecordBytes.InMemory bytes) {
          Place place = place(version, topic.topicId(), topic.name(), data.index());
          sent.put(place, sent(place, RecordBatch.at(bytes.view())));
        }
      }
    }
    return sent;
  }

  private Place place(short version, Uuid id, String name, int index) {
    return new Place(version >= TOPIC_IDS ? id : ids.apply(name), index);
  }

  private Observer.Sent sent(Place place, RecordBatch batch) {
    return new Observer.Sent(
        place.topicId,
        place.index,
        told.leads(place.topicId, place.index),
        batch.crc(),
        values(batch));
  }

  /** The values of a batch's records; null ones are empty. */
  static List<String> values(RecordBatch batch) {
    List<String> values = new ArrayList<>();
    try (RecordCursor records = batch.records()) {
      while (records.next()) {
        ByteBuffer value = records.value();
        values.add(value == null ? "" : StandardCharsets.UTF_8.decode(value).toString());
      }
    }
    return values;
  }

  /** An answer that is looked at on its way. */
  private final class Tapped implements Reply {
    private final Reply reply;
    private final short version;
    private final Map<Place, Observer.Sent> sent;

    Tapped(Reply reply, short version, Map<Place, Observer.Sent> sent) {
      this.reply = reply;
      this.version = version;
      this.sent = sent;
    }

    @Override
    public void send(WireWriter frame) {
      ByteBuffer answer = frame.buffer().duplicate().flip().position(Integer.BYTES);
      WireReader in = new WireReader(answer);
      ResponseHeader.read(in, ApiKey.PRODUCE.responseHeaderVersion(version));
      for (ProduceResponse.TopicProduceResponse topic :
          ProduceResponse.read(in, version).responses()) {
        for (ProduceResponse.PartitionProduceResponse one : topic.partitionResponses()) {
          Observer.Sent batch =
              sent.get(place(version, topic.topicId(), topic.name(), one.index()));
          if (one.errorCode() == 0 && batch != null && one.baseOffset() >= 0) {
            told.acknowledged(batch, one.baseOffset());
          }
        }
      }
      reply.send(frame);
    }

    @Override
    public void skip() {
      reply.skip();
    }

    @Override
    public void onGone(Runnable task) {
      reply.onGone(task);
    }

    @Override
    public void holdNext() {
      reply.holdNext();
    }
  }
}
