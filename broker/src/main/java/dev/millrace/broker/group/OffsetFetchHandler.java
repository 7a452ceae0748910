package dev.millrace.broker.group;

import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.broker.Node;
import dev.millrace.coordinator.group.GroupCoordinator;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.OffsetFetchRequest;
import dev.millrace.wire.message.OffsetFetchResponse;
import dev.millrace.wire.message.OffsetFetchResponse.OffsetFetchResponseGroup;
import java.util.List;
import java.util.function.BooleanSupplier;

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
  private final BooleanSupplier isCertain;

  /**
   * @param isCertain whether nobody else can lead by now what this node leads: a coordinator that
   *     is cut off must not send a group back to where it was before
   */
  OffsetFetchHandler(Node node, GroupCoordinator coordinator, BooleanSupplier isCertain) {
    this.node = node;
    this.coordinator = coordinator;
    this.isCertain = isCertain;
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
        found -> {
          List<OffsetFetchResponseGroup> answers =
              isCertain.getAsBoolean() ? found : doubtful(found);
          OffsetFetchResponse.Builder response = OffsetFetchResponse.builder();
          if (call.version() >= SEVERAL_SINCE) {
            response.groups(FetchedGroup.responses(groups, answers));
          } else {
            groups.getFirst().answerAlone(answers.getFirst(), call.version(), response);
          }
          call.answer(response.build());
        });
  }

  private static List<OffsetFetchResponseGroup> doubtful(List<OffsetFetchResponseGroup> found) {
    return found.stream()
        .map(group ->
            OffsetFetchResponseGroup.builder()
                .groupId(group.groupId())
                .errorCode(ErrorCode.COORDINATOR_NOT_AVAILABLE)
                .build())
        .toList();
  }
}
