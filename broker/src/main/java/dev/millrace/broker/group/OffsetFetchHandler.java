package dev.millrace.broker.group;

import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.broker.Node;
import dev.millrace.coordinator.group.GroupCoordinator;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.OffsetFetchRequest;
import dev.millrace.wire.message.OffsetFetchResponse;
import java.util.List;

/**
 * OffsetFetch (9), versions 1–10: how far groups have read. What is not known has offset −1 and no
 * error.
 *
 * <ul>
 *   <li>2: null topics mean all; an error of the whole answer
 *   <li>5: leader epochs (KIP-320)
 *   <li>7: only offsets that no open transaction may change (KIP-447)
 *   <li>8: several groups (KIP-709)
 *   <li>9: member ids and epochs, which mean nothing in classic groups (KIP-848)
 *   <li>10: topics by id (KIP-848)
 * </ul>
 */
final class OffsetFetchHandler implements Handler<OffsetFetchRequest> {
  private static final short SEVERAL_SINCE = 8;
  private static final short IDS_SINCE = 10;

  private final Node node;
  private final GroupCoordinator coordinator;

  OffsetFetchHandler(Node node, GroupCoordinator coordinator) {
    this.node = node;
    this.coordinator = coordinator;
  }

  @Override
  public ApiKey key() {
    return ApiKey.OFFSET_FETCH;
  }

  @Override
  public void handle(Call call, OffsetFetchRequest request) {
    ClusterImage image = node.image();
    boolean byId = call.version() >= IDS_SINCE;
    List<FetchedGroup> groups =
        call.version() >= SEVERAL_SINCE
            ? request.groups().stream().map(group -> FetchedGroup.of(group, image, byId)).toList()
            : List.of(FetchedGroup.single(request, image));
    coordinator.fetch(
        groups.stream().map(FetchedGroup::question).toList(),
        request.requireStable(),
        answers -> {
          OffsetFetchResponse.Builder response = OffsetFetchResponse.builder();
          if (call.version() >= SEVERAL_SINCE) {
            response.groups(FetchedGroup.responses(groups, answers));
          } else {
            groups.getFirst().answerAlone(answers.getFirst(), call.version(), response);
          }
          call.answer(response.build());
        });
  }
}
