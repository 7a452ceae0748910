package dev.millrace.server;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.client.ClientException;
import dev.millrace.client.Cluster;
import dev.millrace.client.Delivery;
import dev.millrace.client.Groups;
import dev.millrace.client.Offsets;
import dev.millrace.client.PartitionReader;
import dev.millrace.client.PlainProducer;
import dev.millrace.client.TopicPartition;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.FetchRequest;
import dev.millrace.wire.message.FetchRequest.FetchPartition;
import dev.millrace.wire.message.FetchRequest.FetchTopic;
import dev.millrace.wire.message.FetchResponse;
import dev.millrace.wire.message.HeartbeatRequest;
import dev.millrace.wire.message.HeartbeatResponse;
import dev.millrace.wire.message.JoinGroupRequest;
import dev.millrace.wire.message.JoinGroupRequest.JoinGroupRequestProtocol;
import dev.millrace.wire.message.JoinGroupResponse;
import dev.millrace.wire.message.LeaveGroupRequest;
import dev.millrace.wire.message.LeaveGroupResponse;
import dev.millrace.wire.message.OffsetCommitRequest;
import dev.millrace.wire.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import dev.millrace.wire.message.OffsetCommitRequest.OffsetCommitRequestTopic;
import dev.millrace.wire.message.OffsetCommitResponse;
import dev.millrace.wire.message.SyncGroupRequest;
import dev.millrace.wire.message.SyncGroupRequest.SyncGroupRequestAssignment;
import dev.millrace.wire.message.SyncGroupResponse;
import java.util.List;
import java.util.Objects;

/** What clients ask a node for in their first minutes, for {@link WarmUp}. */
final class Rehearsal {
  private static final String TOPIC = "warm-up";
  private static final String GROUP = "warm-up";
  private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);
  private static final int RECORDS = 2_000;
  private static final int SESSION_MS = 30_000;
  private static final int WAIT_MS = 20;
  private static final int BYTES_MAX = 1 << 20;

  /** The last version that names topics instead of ids. */
  private static final int FETCH_BY_NAME = 12;

  /** The last version that lets a member in without asking it to come again with its id. */
  private static final int JOIN_AT_ONCE = 3;

  /** The last version with one member and names of topics. */
  private static final int OF_ONE = 2;

  private final Cluster cluster;

  Rehearsal(Cluster cluster) {
    this.cluster = cluster;
  }

  /** Against a node that is alone. */
  void run() {
    records();
    joinGroup();
  }

  /** Writes to a topic and reads it, wherever it is led. */
  void records() {
    produce();
    consume();
  }

  private void produce() {
    cluster.topic(TOPIC, true);
    try (PlainProducer producer = new PlainProducer(cluster, Delivery.SAFE)) {
      for (int i = 0; i < RECORDS; i++) {
        producer.send(TOPIC, 0, Bytes.utf8("key"), Bytes.utf8("value"));
      }
    }
  }

  private void consume() {
    long from =
        Objects.requireNonNull(
            new Offsets(cluster).at(Offsets.EARLIEST, List.of(PARTITION)).get(PARTITION));
    PartitionReader consumer = new PartitionReader(cluster);
    consumer.seek(PARTITION, from);
    while (!consumer.poll(WAIT_MS).isEmpty()) {
      // until one fetch has waited at the end
    }
    readCommitted(from);
  }

  private void readCommitted(long from) {
    FetchPartition partition =
        FetchPartition.builder().fetchOffset(from).partitionMaxBytes(BYTES_MAX).build();
    FetchTopic topic = FetchTopic.builder().topic(TOPIC).partitions(List.of(partition)).build();
    FetchRequest fetch =
        FetchRequest.builder()
            .replicaId(-1)
            .maxWaitMs(WAIT_MS)
            .minBytes(1)
            .maxBytes(BYTES_MAX)
            .isolationLevel((byte) 1)
            .topics(List.of(topic))
            .build();
    cluster.call(cluster.leader(PARTITION), fetch, FETCH_BY_NAME, FetchResponse::read);
  }

  private void joinGroup() {
    Groups groups = new Groups(cluster);
    groups.committed(GROUP); // finds the coordinator, which begins with this
    JoinGroupResponse joined =
        cluster.patiently(
            "join",
            () -> {
              JoinGroupResponse answer =
                  cluster.call(
                      groups.coordinator(GROUP), join(), JOIN_AT_ONCE, JoinGroupResponse::read);
              if (answer.errorCode() != ErrorCode.NONE.code()) {
                throw ClientException.answered(answer.errorCode(), "join", null);
              }
              return answer;
            });
    stay(groups.coordinator(GROUP), joined.memberId(), joined.generationId());
    groups.list();
  }

  private static JoinGroupRequest join() {
    return JoinGroupRequest.builder()
        .groupId(GROUP)
        .sessionTimeoutMs(SESSION_MS)
        .rebalanceTimeoutMs(SESSION_MS)
        .memberId("")
        .protocolType("consumer")
        .protocols(
            List.of(
                JoinGroupRequestProtocol.builder()
                    .name("range")
                    .metadata(Bytes.utf8("any"))
                    .build()))
        .build();
  }

  private void stay(int node, String member, int generation) {
    SyncGroupRequest sync =
        SyncGroupRequest.builder()
            .groupId(GROUP)
            .generationId(generation)
            .memberId(member)
            .assignments(
                List.of(
                    SyncGroupRequestAssignment.builder()
                        .memberId(member)
                        .assignment(Bytes.utf8("any"))
                        .build()))
            .build();
    cluster.call(node, sync, OF_ONE, SyncGroupResponse::read);
    HeartbeatRequest heartbeat =
        HeartbeatRequest.builder().groupId(GROUP).generationId(generation).memberId(member).build();
    cluster.call(node, heartbeat, OF_ONE, HeartbeatResponse::read);
    cluster.call(node, commit(member, generation), OF_ONE, OffsetCommitResponse::read);
    LeaveGroupRequest leave = LeaveGroupRequest.builder().groupId(GROUP).memberId(member).build();
    cluster.call(node, leave, OF_ONE, LeaveGroupResponse::read);
  }

  private static OffsetCommitRequest commit(String member, int generation) {
    OffsetCommitRequestPartition partition =
        OffsetCommitRequestPartition.builder().partitionIndex(0).committedOffset(1).build();
    return OffsetCommitRequest.builder()
        .groupId(GROUP)
        .generationIdOrMemberEpoch(generation)
        .memberId(member)
        .topics(
            List.of(
                OffsetCommitRequestTopic.builder()
                    .name(TOPIC)
                    .partitions(List.of(partition))
                    .build()))
        .build();
  }
}
