package dev.millrace.broker.share;

import static dev.millrace.broker.share.ShareMember.ack;
import static dev.millrace.broker.share.ShareMember.acquired;
import static dev.millrace.broker.share.ShareMember.error;
import static dev.millrace.broker.share.ShareMember.only;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.broker.fake.DataNode;
import dev.millrace.broker.fake.FakeConnection.FakeReply;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.InitializeShareGroupStateRequest;
import dev.millrace.wire.message.InitializeShareGroupStateRequest.InitializeStateData;
import dev.millrace.wire.message.InitializeShareGroupStateRequest.PartitionData;
import dev.millrace.wire.message.InitializeShareGroupStateResponse;
import dev.millrace.wire.message.ProduceResponse;
import dev.millrace.wire.message.ReadShareGroupStateSummaryRequest;
import dev.millrace.wire.message.ReadShareGroupStateSummaryRequest.ReadStateSummaryData;
import dev.millrace.wire.message.ReadShareGroupStateSummaryResponse;
import dev.millrace.wire.message.ReadShareGroupStateSummaryResponse.PartitionResult;
import dev.millrace.wire.message.ShareFetchResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ShareFetchHandlerTest {
  private static final int ACCEPT = 1;
  private static final int RELEASE = 2;
  private static final int REJECT = 3;
  private static final int RENEW = 4;

  private final DataNode node =
      new DataNode(
          1,
          Map.of(
              "share.coordinator.state.topic.num.partitions",
              "2",
              "group.share.max.share.sessions",
              "3"));
  private Uuid topic = Uuid.ZERO;

  @BeforeEach
  void open() {
    node.createTopic("work", 1);
    topic = node.topicId("work");
    ShareMember first = member("first");
    first.fetch();
    node.owners().runMs(200);
    assertThat(only(first.await(first.send(first.request().maxWaitMs(200)))).errorCode())
        .isEqualTo(ErrorCode.INVALID_REQUEST.code());
    first.client().disconnect();
    PartitionData state = new PartitionData(0, 1, 0);
    InitializeShareGroupStateResponse initialized =
        node.call(
            InitializeShareGroupStateResponse.class,
            InitializeShareGroupStateRequest.builder()
                .groupId(ShareMember.GROUP)
                .topics(List.of(new InitializeStateData(topic, List.of(state))))
                .build(),
            0);
    assertThat(initialized.results().getFirst().partitions().getFirst().errorCode()).isZero();
  }

  private ShareMember member(String id) {
    return new ShareMember(node, topic, id);
  }

  private void produce(int records) {
    String[] values = new String[records];
    for (int i = 0; i < records; i++) {
      values[i] = "v" + i;
    }
    node.call(ProduceResponse.class, node.produce("work", 0, -1, values), 9);
  }

  private PartitionResult summary() {
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
        .getFirst();
  }

  @Test
  void acceptedRecordsAreSavedAndNotDeliveredAgain() {
    ShareMember a = member("a");
    produce(10);
    assertThat(a.poll().acquiredRecords()).containsExactly(acquired(0, 9, 1));
    assertThat(error(a.acknowledge(false, ack(0, 9, ACCEPT)))).isZero();
    assertThat(summary().startOffset()).isEqualTo(10);
    assertThat(error(a.acknowledge(false, ack(0, 9, ACCEPT)))).isZero();
    produce(2);
    assertThat(a.poll().acquiredRecords()).containsExactly(acquired(10, 11, 1));
  }

  @Test
  void releasedRecordsGoToSomebodyElse() {
    ShareMember a = member("a");
    ShareMember b = member("b");
    produce(10);
    a.poll();
    b.fetch();
    assertThat(b.fetch().responses()).isEmpty();
    FakeReply waiting = b.send(b.request().maxWaitMs(5_000));
    assertThat(
            error(
                a.acknowledge(
                    false,
                    ack(
                        0, 9, ACCEPT, ACCEPT, RELEASE, RELEASE, REJECT, ACCEPT, ACCEPT, ACCEPT,
                        ACCEPT, ACCEPT))))
        .isZero();
    assertThat(only(b.await(waiting)).acquiredRecords()).containsExactly(acquired(2, 3, 2));
    assertThat(summary().startOffset()).isEqualTo(2);
    assertThat(summary().deliveryCompleteCount()).isEqualTo(6);
  }

  @Test
  void acknowledgementsRideOnTheNextFetch() {
    ShareMember a = member("a");
    produce(3);
    a.poll();
    produce(3);
    ShareFetchResponse next = a.fetch(ack(0, 2, ACCEPT));
    assertThat(only(next).acknowledgeErrorCode()).isZero();
    assertThat(only(next).acquiredRecords()).containsExactly(acquired(3, 5, 1));
    ShareFetchResponse wrong = a.fetch(ack(0, 3, ACCEPT, ACCEPT));
    assertThat(only(wrong).acknowledgeErrorCode()).isEqualTo(ErrorCode.INVALID_REQUEST.code());
    assertThat(only(a.fetch(ack(3, 6, ACCEPT))).acknowledgeErrorCode())
        .isEqualTo(ErrorCode.INVALID_REQUEST.code());
    ShareMember b = member("b");
    b.fetch();
    assertThat(only(b.fetch(ack(3, 5, ACCEPT))).acknowledgeErrorCode())
        .isEqualTo(ErrorCode.INVALID_RECORD_STATE.code());
  }

  @Test
  void locksRunOutAndCanBeRenewed() {
    ShareMember a = member("a");
    ShareMember b = member("b");
    produce(4);
    a.poll();
    node.owners().runMs(20_000);
    assertThat(error(a.acknowledge(false, ack(0, 1, RENEW))))
        .isEqualTo(ErrorCode.INVALID_REQUEST.code());
    assertThat(error(a.acknowledge(true, ack(0, 1, RENEW)))).isZero();
    node.owners().runMs(15_000);
    assertThat(b.poll().acquiredRecords()).containsExactly(acquired(2, 3, 2));
    assertThat(error(a.acknowledge(false, ack(2, 3, ACCEPT))))
        .isEqualTo(ErrorCode.INVALID_RECORD_STATE.code());
    assertThat(error(a.acknowledge(false, ack(0, 1, ACCEPT)))).isZero();
  }

  @Test
  void whoGoesGivesBackWhatItHas() {
    ShareMember a = member("a");
    ShareMember b = member("b");
    produce(4);
    a.poll();
    b.fetch();
    FakeReply waiting = b.send(b.request().maxWaitMs(5_000));
    a.client().disconnect();
    assertThat(only(b.await(waiting)).acquiredRecords()).containsExactly(acquired(0, 3, 2));
    b.epoch(ShareSession.FINAL);
    assertThat(only(b.fetch(ack(0, 1, ACCEPT))).acknowledgeErrorCode()).isZero();
    ShareMember c = member("c");
    assertThat(c.poll().acquiredRecords()).containsExactly(acquired(2, 3, 3));
  }

  @Test
  void sessionsCountTheirRequests() {
    ShareMember a = member("a");
    a.epoch(5);
    assertThat(a.fetch().errorCode()).isEqualTo(ErrorCode.SHARE_SESSION_NOT_FOUND.code());
    a.epoch(0);
    assertThat(a.fetch().errorCode()).isZero();
    a.epoch(2);
    assertThat(a.fetch().errorCode()).isEqualTo(ErrorCode.INVALID_SHARE_SESSION_EPOCH.code());
    a.epoch(0);
    assertThat(a.fetch(ack(0, 0, ACCEPT)).errorCode()).isEqualTo(ErrorCode.INVALID_REQUEST.code());
    member("b").fetch();
    member("c").fetch();
    assertThat(member("d").fetch().errorCode())
        .isEqualTo(ErrorCode.SHARE_SESSION_LIMIT_REACHED.code());
  }

  @Test
  void recordLimitIsExact() {
    ShareMember a = member("a");
    produce(10);
    a.poll();
    a.acknowledge(false, ack(0, 9, RELEASE));
    ShareFetchResponse strict =
        a.await(a.send(a.request().maxRecords(4).shareAcquireMode((byte) 1)));
    assertThat(only(strict).acquiredRecords()).containsExactly(acquired(0, 3, 2));
    assertThat(only(a.await(a.send(a.request().maxRecords(4)))).acquiredRecords())
        .containsExactly(acquired(4, 9, 2));
  }

  @Test
  void unknownPartitionsSaySo() {
    ShareMember stranger = new ShareMember(node, new Uuid(5, 5), "s");
    assertThat(only(stranger.fetch()).errorCode()).isEqualTo(ErrorCode.UNKNOWN_TOPIC_ID.code());
  }

  @Test
  void aLongPollEndsWithItsTime() {
    ShareMember a = member("a");
    a.fetch();
    long beginMs = node.owners().clock().monotonicMs();
    assertThat(a.await(a.send(a.request().maxWaitMs(500))).responses()).isEmpty();
    assertThat(node.owners().clock().monotonicMs() - beginMs).isBetween(500L, 700L);
  }
}
