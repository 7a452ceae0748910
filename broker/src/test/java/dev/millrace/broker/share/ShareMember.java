package dev.millrace.broker.share;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.broker.fake.Client;
import dev.millrace.broker.fake.DataNode;
import dev.millrace.broker.fake.FakeConnection.FakeReply;
import dev.millrace.wire.message.ShareAcknowledgeRequest;
import dev.millrace.wire.message.ShareAcknowledgeRequest.AcknowledgePartition;
import dev.millrace.wire.message.ShareAcknowledgeRequest.AcknowledgeTopic;
import dev.millrace.wire.message.ShareAcknowledgeResponse;
import dev.millrace.wire.message.ShareFetchRequest;
import dev.millrace.wire.message.ShareFetchRequest.AcknowledgementBatch;
import dev.millrace.wire.message.ShareFetchRequest.FetchPartition;
import dev.millrace.wire.message.ShareFetchRequest.FetchTopic;
import dev.millrace.wire.message.ShareFetchResponse;
import dev.millrace.wire.message.ShareFetchResponse.AcquiredRecords;
import dev.millrace.wire.message.ShareFetchResponse.PartitionData;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A member of a share group that reads partition 0 of one topic. */
final class ShareMember {
  static final String GROUP = "workers";
  private static final int VERSION = 2;

  private final DataNode node;
  private final Client client;
  private final Uuid topic;
  private final String id;
  private int epoch;

  ShareMember(DataNode node, Uuid topic, String id) {
    this.node = node;
    this.client = node.newClient();
    this.topic = topic;
    this.id = id;
  }

  Client client() {
    return client;
  }

  void epoch(int next) {
    epoch = next;
  }

  ShareFetchRequest.Builder request(AcknowledgementBatch... acks) {
    FetchPartition partition = new FetchPartition(0, List.of(acks));
    return ShareFetchRequest.builder()
        .groupId(GROUP)
        .memberId(id)
        .shareSessionEpoch(epoch)
        .maxBytes(1 << 20)
        .minBytes(1)
        .maxRecords(500)
        .batchSize(500)
        .topics(List.of(new FetchTopic(topic, List.of(partition))));
  }

  FakeReply send(ShareFetchRequest.Builder request) {
    FakeReply reply = client.send(request.build(), VERSION);
    epoch++;
    return reply;
  }

  ShareFetchResponse await(FakeReply reply) {
    return node.await(ShareFetchResponse.class, reply, VERSION);
  }

  ShareFetchResponse fetch(AcknowledgementBatch... acks) {
    return await(send(request(acks)));
  }

  /** Fetches until there is something: a new partition loads its state first. */
  PartitionData poll() {
    for (int i = 0; i < 20; i++) {
      PartitionData data = only(await(send(request().maxWaitMs(200))));
      if (data != null && !data.acquiredRecords().isEmpty()) {
        return data;
      }
    }
    throw new AssertionError("nothing came");
  }

  ShareAcknowledgeResponse acknowledge(boolean renews, AcknowledgementBatch... acks) {
    ShareAcknowledgeRequest request =
        ShareAcknowledgeRequest.builder()
            .groupId(GROUP)
            .memberId(id)
            .shareSessionEpoch(epoch++)
            .isRenewAck(renews)
            .topics(
                List.of(
                    new AcknowledgeTopic(
                        topic,
                        List.of(
                            new AcknowledgePartition(
                                0,
                                Arrays.stream(acks)
                                    .map(one ->
                                        new ShareAcknowledgeRequest.AcknowledgementBatch(
                                            one.firstOffset(),
                                            one.lastOffset(),
                                            one.acknowledgeTypes()))
                                    .toList())))))
            .build();
    return node.await(ShareAcknowledgeResponse.class, client.send(request, VERSION), VERSION);
  }

  static AcknowledgementBatch ack(long first, long last, int... types) {
    List<Byte> ids = new ArrayList<>();
    for (int type : types) {
      ids.add((byte) type);
    }
    return new AcknowledgementBatch(first, last, ids);
  }

  /** The data of the only partition in an answer, or null. */
  static PartitionData only(ShareFetchResponse response) {
    List<PartitionData> all =
        response.responses().stream().flatMap(topic -> topic.partitions().stream()).toList();
    return all.isEmpty() ? null : all.getFirst();
  }

  static short error(ShareAcknowledgeResponse response) {
    return response.errorCode() != 0
        ? response.errorCode()
        : response.responses().getFirst().partitions().getFirst().errorCode();
  }

  static AcquiredRecords acquired(long first, long last, int count) {
    return new AcquiredRecords(first, last, (short) count);
  }
}
