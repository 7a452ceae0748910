package dev.millrace.broker.group;

import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.broker.Node;
import dev.millrace.broker.coordinator.OffsetTopics;
import dev.millrace.coordinator.group.GroupCoordinator;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.OffsetCommitRequest;
import dev.millrace.wire.message.OffsetCommitRequest.OffsetCommitRequestTopic;
import dev.millrace.wire.message.OffsetCommitResponse;
import dev.millrace.wire.message.OffsetCommitResponse.OffsetCommitResponseTopic;
import java.util.List;

/**
 * OffsetCommit (8), versions 2–10: how far a group has read.
 *
 * <ul>
 *   <li>2–4: how long the offsets are to be kept
 *   <li>6: leader epochs (KIP-320)
 *   <li>7: static members (KIP-345)
 *   <li>9: GROUP_ID_NOT_FOUND and STALE_MEMBER_EPOCH (KIP-848)
 *   <li>10: topics by id (KIP-848)
 * </ul>
 */
final class OffsetCommitHandler implements Handler<OffsetCommitRequest> {
  private static final short GROUP_NOT_FOUND_SINCE = 9;
  private static final short IDS_SINCE = 10;

  private final Node node;
  private final GroupCoordinator coordinator;

  OffsetCommitHandler(Node node, GroupCoordinator coordinator) {
    this.node = node;
    this.coordinator = coordinator;
  }

  @Override
  public ApiKey key() {
    return ApiKey.OFFSET_COMMIT;
  }

  @Override
  public void handle(Call call, OffsetCommitRequest request) {
    boolean byId = call.version() >= IDS_SINCE;
    OffsetTopics topics = OffsetTopics.of(request.topics(), node.image(), byId);
    List<OffsetCommitRequestTopic> known = topics.known();
    if (known.isEmpty()) {
      call.answer(response(topics.answers(List.of())));
      return;
    }
    call.holdNext();
    coordinator.commit(
        request.toBuilder().topics(known).build(),
        call.version() >= GROUP_NOT_FOUND_SINCE,
        committed -> call.answer(response(topics.answers(committed.topics()))));
  }

  private static OffsetCommitResponse response(List<OffsetCommitResponseTopic> topics) {
    return OffsetCommitResponse.builder().topics(topics).build();
  }
}
