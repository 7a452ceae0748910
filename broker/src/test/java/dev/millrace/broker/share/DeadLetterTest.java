package dev.millrace.broker.share;

import static dev.millrace.broker.share.ShareMember.ack;
import static dev.millrace.broker.share.ShareMember.error;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.broker.fake.DataNode;
import dev.millrace.replica.Partition;
import dev.millrace.replica.ReadOutcome;
import dev.millrace.replica.ReadQuery;
import dev.millrace.wire.RecordBytes;
import dev.millrace.wire.message.IncrementalAlterConfigsRequest;
import dev.millrace.wire.message.IncrementalAlterConfigsRequest.AlterConfigsResource;
import dev.millrace.wire.message.IncrementalAlterConfigsRequest.AlterableConfig;
import dev.millrace.wire.message.IncrementalAlterConfigsResponse;
import dev.millrace.wire.message.InitializeShareGroupStateRequest;
import dev.millrace.wire.message.InitializeShareGroupStateRequest.InitializeStateData;
import dev.millrace.wire.message.InitializeShareGroupStateRequest.PartitionData;
import dev.millrace.wire.message.InitializeShareGroupStateResponse;
import dev.millrace.wire.message.ProduceResponse;
import dev.millrace.wire.message.ReadShareGroupStateSummaryRequest;
import dev.millrace.wire.message.ReadShareGroupStateSummaryRequest.ReadStateSummaryData;
import dev.millrace.wire.message.ReadShareGroupStateSummaryResponse;
import dev.millrace.wire.message.UpdateFeaturesRequest;
import dev.millrace.wire.message.UpdateFeaturesRequest.FeatureUpdateKey;
import dev.millrace.wire.message.UpdateFeaturesResponse;
import dev.millrace.wire.message.WriteShareGroupStateRequest;
import dev.millrace.wire.message.WriteShareGroupStateRequest.StateBatch;
import dev.millrace.wire.message.WriteShareGroupStateRequest.WriteStateData;
import dev.millrace.wire.message.WriteShareGroupStateResponse;
import dev.millrace.wire.records.BatchCursor;
import dev.millrace.wire.records.RecordBatch;
import dev.millrace.wire.records.RecordCursor;
import dev.millrace.wire.records.RecordHeader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The dead-letter queue of a share group (KIP-1191). */
class DeadLetterTest {
  private static final int ACCEPT = 1;
  private static final int RELEASE = 2;
  private static final int REJECT = 3;
  private static final byte GROUP = 32;
  private static final byte BROKER = 4;
  private static final String QUEUE = "dlq.work";

  private final DataNode node =
      new DataNode(1, Map.of("share.coordinator.state.topic.num.partitions", "2"));
  private Uuid topic = Uuid.ZERO;

  /** A dead letter: its content in short, and its headers in order. */
  private record Letter(@Nullable String key, @Nullable String value, Map<String, String> headers) {
    long offset() {
      return Long.parseLong(headers.getOrDefault("__dlq.errors.offset", "-1"));
    }
  }

  @BeforeEach
  void open() {
    node.createTopic("work", 3);
    topic = node.topicId("work");
    set(GROUP, ShareMember.GROUP, "errors.deadletterqueue.topic.name", QUEUE);
    set(GROUP, ShareMember.GROUP, "share.auto.offset.reset", "earliest");
    ShareMember first = new ShareMember(node, topic, "first");
    first.fetch();
    node.owners().runMs(200);
    first.await(first.send(first.request().maxWaitMs(200)));
    first.client().disconnect();
    PartitionData state = new PartitionData(0, 1, 0);
    node.call(
        InitializeShareGroupStateResponse.class,
        InitializeShareGroupStateRequest.builder()
            .groupId(ShareMember.GROUP)
            .topics(List.of(new InitializeStateData(topic, List.of(state))))
            .build(),
        0);
  }

  private void createQueue(String... settings) {
    List<String> all = new ArrayList<>(List.of("errors.deadletterqueue.group.enable", "true"));
    all.addAll(List.of(settings));
    node.createTopic(QUEUE, 1, all.toArray(String[]::new));
  }

  private void set(byte type, String resource, String name, String value) {
    AlterableConfig change = new AlterableConfig(name, (byte) 0, value);
    IncrementalAlterConfigsResponse response =
        node.call(
            IncrementalAlterConfigsResponse.class,
            IncrementalAlterConfigsRequest.builder()
                .resources(List.of(new AlterConfigsResource(type, resource, List.of(change))))
                .build(),
            1);
    assertThat(response.responses().getFirst().errorCode()).isZero();
  }

  private void produce(int records) {
    String[] values = new String[records];
    for (int i = 0; i < records; i++) {
      values[i] = "v" + i;
    }
    node.call(ProduceResponse.class, node.produce("work", 0, -1, values), 9);
  }

  private long start() {
    return node.call(
            ReadShareGroupStateSummaryResponse.class,
            ReadShareGroupStateSummaryRequest.builder()
                .groupId(ShareMember.GROUP)
                .topics(
                    List.of(
                        new ReadStateSummaryData(
                            topic,
                            List.of(new ReadShareGroupStateSummaryRequest.PartitionData(0, -1)))))
                .build(),
            1)
        .results()
        .getFirst()
        .partitions()
        .getFirst()
        .startOffset();
  }

  private List<Letter> letters() {
    node.owners().runMs(100);
    Partition queue = node.partitions().find(QUEUE, 0);
    if (queue == null) {
      return List.of();
    }
    ReadQuery all = new ReadQuery(0, -1, -1, 1 << 20, true, false);
    List<Letter> letters = new ArrayList<>();
    RecordBytes found = ((ReadOutcome.Found) queue.read(all)).records();
    ByteBuffer bytes = ByteBuffer.allocate(found.size());
    switch (found) {
      case RecordBytes.InMemory memory -> bytes.put(memory.view());
      case RecordBytes.InFile file -> file.region().file().read(bytes, file.region().position());
    }
    for (RecordBatch batch : BatchCursor.batches(bytes.flip())) {
      try (RecordCursor records = batch.records()) {
        while (records.next()) {
          Map<String, String> headers = new LinkedHashMap<>();
          for (RecordHeader header : records.headers()) {
            headers.put(header.key(), text(header.value()));
          }
          letters.add(new Letter(text(records.key()), text(records.value()), headers));
        }
      }
    }
    return letters;
  }

  private static @Nullable String text(@Nullable ByteBuffer bytes) {
    return bytes == null ? null : StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
  }

  private ShareMember memberWith(int records) {
    ShareMember member = new ShareMember(node, topic, "a");
    produce(records);
    member.poll();
    return member;
  }

  @Test
  void rejectedRecordsSayWhereTheyComeFrom() {
    createQueue();
    ShareMember a = memberWith(3);
    assertThat(error(a.acknowledge(false, ack(0, 2, ACCEPT, REJECT, ACCEPT)))).isZero();
    assertThat(letters())
        .containsExactly(
            new Letter(
                null,
                null,
                Map.of(
                    "__dlq.errors.topic",
                    "work",
                    "__dlq.errors.partition",
                    "0",
                    "__dlq.errors.offset",
                    "1",
                    "__dlq.errors.group",
                    ShareMember.GROUP,
                    "__dlq.errors.delivery.count",
                    "1",
                    "__dlq.errors.message",
                    "Offset rejected by client.")));
    assertThat(start()).isEqualTo(3);
  }

  @Test
  void recordsThatWereTriedTooOftenGoThereToo() {
    createQueue();
    set(GROUP, ShareMember.GROUP, "share.delivery.count.limit", "2");
    ShareMember a = memberWith(1);
    a.acknowledge(false, ack(0, 0, RELEASE));
    a.poll();
    assertThat(letters()).isEmpty();
    node.owners().runMs(31_000);
    assertThat(letters())
        .singleElement()
        .satisfies(letter ->
            assertThat(letter.headers())
                .containsEntry(
                    "__dlq.errors.message", "Offset delivery count exceeded the threshold.")
                .containsEntry("__dlq.errors.delivery.count", "2"));
    assertThat(start()).isEqualTo(1);
  }

  @Test
  void contentIsCopiedWhenTheGroupWantsIt() {
    createQueue();
    set(GROUP, ShareMember.GROUP, "errors.deadletterqueue.copy.record.enable", "true");
    ShareMember a = memberWith(4);
    a.acknowledge(false, ack(0, 3, REJECT, ACCEPT, REJECT, REJECT));
    assertThat(letters()).extracting(Letter::offset).containsExactly(0L, 2L, 3L);
    assertThat(letters()).extracting(Letter::value).containsExactly("v0", "v2", "v3");
    assertThat(letters()).extracting(Letter::key).containsOnly("k");
  }

  @Test
  void aCopyThatIsTooLargeIsLeftOut() {
    createQueue("max.message.bytes", "400");
    set(GROUP, ShareMember.GROUP, "errors.deadletterqueue.copy.record.enable", "true");
    ShareMember a = new ShareMember(node, topic, "a");
    node.call(
        ProduceResponse.class, node.produce("work", 0, -1, "small", "x".repeat(500), "last"), 9);
    a.poll();
    a.acknowledge(false, ack(0, 2, REJECT));
    assertThat(letters()).extracting(Letter::offset).containsExactly(0L, 1L, 2L);
    assertThat(letters()).extracting(Letter::value).containsExactly("small", null, "last");
  }

  @Test
  void manyLettersComeInBatchesThatTheTopicTakes() {
    createQueue("max.message.bytes", "1000");
    ShareMember a = memberWith(100);
    a.acknowledge(false, ack(0, 99, REJECT));
    assertThat(letters()).hasSize(100);
    assertThat(letters()).extracting(Letter::offset).isSorted().doesNotHaveDuplicates();
    assertThat(start()).isEqualTo(100);
  }

  @Test
  void theTopicIsMadeWhenTheOperatorWantsIt() {
    set(BROKER, "", "errors.deadletterqueue.auto.create.topics.enable", "true");
    ShareMember a = memberWith(2);
    a.acknowledge(false, ack(0, 1, REJECT));
    node.owners().runMs(2_000);
    assertThat(letters()).hasSize(2);
    assertThat(start()).isEqualTo(2);
  }

  @Test
  void whereLettersCannotGoTheGroupGoesOn() {
    ShareMember a = memberWith(4);
    a.acknowledge(false, ack(0, 0, REJECT));
    node.owners().runMs(100);
    assertThat(start()).as("topic is missing").isEqualTo(1);
    node.createTopic(QUEUE, 1);
    a.acknowledge(false, ack(1, 1, REJECT));
    node.owners().runMs(100);
    assertThat(start()).as("topic is not for letters").isEqualTo(2);
    set(GROUP, ShareMember.GROUP, "errors.deadletterqueue.topic.name", "orders");
    a.acknowledge(false, ack(2, 2, REJECT));
    node.owners().runMs(100);
    assertThat(start()).as("name has not the prefix").isEqualTo(3);
    assertThat(letters()).isEmpty();
  }

  @Test
  void aCompactedQueueTakesNoLettersWithoutKeys() {
    createQueue("cleanup.policy", "compact");
    ShareMember a = memberWith(1);
    a.acknowledge(false, ack(0, 0, REJECT));
    assertThat(letters()).isEmpty();
    assertThat(start()).isEqualTo(1);
  }

  @Test
  void thereIsNoQueueBelowItsLevel() {
    createQueue();
    UpdateFeaturesResponse lowered =
        node.call(
            UpdateFeaturesResponse.class,
            UpdateFeaturesRequest.builder()
                .featureUpdates(
                    List.of(
                        FeatureUpdateKey.builder()
                            .feature("share.version")
                            .maxVersionLevel((short) 1)
                            .upgradeType((byte) 2)
                            .build()))
                .build(),
            1);
    assertThat(lowered.errorCode()).isZero();
    ShareMember a = memberWith(1);
    a.acknowledge(false, ack(0, 0, REJECT));
    assertThat(letters()).isEmpty();
    assertThat(start()).isEqualTo(1);
  }

  @Test
  void aSuccessorWritesWhatItsPredecessorHadGivenUp() {
    createQueue();
    produce(3);
    StateBatch givenUp = new StateBatch(0, 1, (byte) 3, (short) 1);
    WriteShareGroupStateResponse written =
        node.call(
            WriteShareGroupStateResponse.class,
            WriteShareGroupStateRequest.builder()
                .groupId(ShareMember.GROUP)
                .topics(
                    List.of(
                        new WriteStateData(
                            topic,
                            List.of(
                                WriteShareGroupStateRequest.PartitionData.builder()
                                    .stateEpoch(1)
                                    .leaderEpoch(0)
                                    .startOffset(0)
                                    .stateBatches(List.of(givenUp))
                                    .build()))))
                .build(),
            1);
    assertThat(written.results().getFirst().partitions().getFirst().errorCode()).isZero();
    ShareMember a = new ShareMember(node, topic, "a");
    assertThat(a.poll().acquiredRecords()).containsExactly(ShareMember.acquired(2, 2, 1));
    assertThat(letters()).extracting(Letter::offset).containsExactly(0L, 1L);
    assertThat(start()).isEqualTo(2);
  }
}
