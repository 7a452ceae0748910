package dev.millrace.broker.replication;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.broker.fake.Client;
import dev.millrace.broker.fake.FakeConnection.FakeReply;
import dev.millrace.quorum.control.CreateTopics;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.RecordBytes;
import dev.millrace.wire.message.ProduceRequest;
import dev.millrace.wire.message.ProduceRequest.PartitionProduceData;
import dev.millrace.wire.message.ProduceRequest.TopicProduceData;
import dev.millrace.wire.message.ProduceResponse;
import dev.millrace.wire.records.BatchBuilder;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Topics with copies on simulated nodes, and records in them. */
final class Copies {
  private final CopyingNodes cluster;

  Copies(CopyingNodes cluster) {
    this.cluster = cluster;
  }

  /**
   * @param replicas of every partition; null for three wherever the controller likes
   */
  void createTopic(String name, int partitions, @Nullable List<Integer> replicas) {
    Map<Integer, List<Integer>> assignment = new TreeMap<>();
    for (int i = 0; i < partitions && replicas != null; i++) {
      assignment.put(i, replicas);
    }
    boolean chosen = replicas != null;
    cluster.decide(
        new CreateTopics(
            List.of(
                new CreateTopics.NewTopic(
                    name,
                    chosen ? -1 : partitions,
                    (short) (chosen ? -1 : 3),
                    assignment,
                    Map.of("min.insync.replicas", "1"))),
            false));
    cluster.owners.runUntil(
        () ->
            cluster.nodes.stream()
                .filter(node -> cluster.state(name, partitions - 1).replicas().contains(node.id))
                .allMatch(node -> node.has(name, partitions - 1)),
        10_000);
  }

  ErrorCode produce(String topic, int index, String value) {
    FakeReply reply = send(topic, index, value);
    cluster.owners.runUntil(() -> reply.frame() != null, 20_000);
    ProduceResponse response = Client.answer(ProduceResponse.class, reply, 13);
    return ErrorCode.of(
        response.responses().getFirst().partitionResponses().getFirst().errorCode());
  }

  FakeReply send(String topic, int index, String value) {
    BatchBuilder batch =
        BatchBuilder.from(0)
            .append(cluster.owners.clock().wallMs(), Bytes.utf8("k"), Bytes.utf8(value));
    PartitionProduceData data = new PartitionProduceData(index, RecordBytes.of(batch.build()));
    ProduceRequest request =
        ProduceRequest.builder()
            .acks((short) -1)
            .timeoutMs(10_000)
            .topicData(
                List.of(
                    TopicProduceData.builder()
                        .topicId(cluster.topic(topic).id())
                        .partitionData(List.of(data))
                        .build()))
            .build();
    return cluster.leader(topic, index).client().send(request, 13);
  }
}
