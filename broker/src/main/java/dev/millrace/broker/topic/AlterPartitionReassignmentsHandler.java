package dev.millrace.broker.topic;

import dev.millrace.broker.ActiveController;
import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.quorum.control.AlterReassignments;
import dev.millrace.quorum.control.AlterReassignments.Move;
import dev.millrace.quorum.control.Outcome;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.wire.message.AlterPartitionReassignmentsRequest;
import dev.millrace.wire.message.AlterPartitionReassignmentsRequest.ReassignablePartition;
import dev.millrace.wire.message.AlterPartitionReassignmentsRequest.ReassignableTopic;
import dev.millrace.wire.message.AlterPartitionReassignmentsResponse;
import dev.millrace.wire.message.AlterPartitionReassignmentsResponse.ReassignablePartitionResponse;
import dev.millrace.wire.message.AlterPartitionReassignmentsResponse.ReassignableTopicResponse;
import dev.millrace.wire.message.ApiKey;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * AlterPartitionReassignments (45), versions 0–1: moves partitions to other brokers, or takes a
 * move back when the replicas are null (KIP-455).
 *
 * <ul>
 *   <li>1: whether a partition may get more or fewer replicas (KIP-860)
 * </ul>
 */
public final class AlterPartitionReassignmentsHandler
    implements Handler<AlterPartitionReassignmentsRequest> {
  private final ActiveController controller;

  public AlterPartitionReassignmentsHandler(ActiveController controller) {
    this.controller = controller;
  }

  @Override
  public ApiKey key() {
    return ApiKey.ALTER_PARTITION_REASSIGNMENTS;
  }

  @Override
  public boolean isForController(AlterPartitionReassignmentsRequest request) {
    return true;
  }

  @Override
  public void handle(Call call, AlterPartitionReassignmentsRequest request) {
    List<Move> moves = new ArrayList<>();
    for (ReassignableTopic topic : request.topics()) {
      for (ReassignablePartition one : topic.partitions()) {
        moves.add(new Move(topic.name(), one.partitionIndex(), one.replicas()));
      }
    }
    call.holdNext();
    controller.submit(
        new AlterReassignments(moves, request.allowReplicationFactorChange()),
        outcome -> call.answer(response(request, outcome)));
  }

  private static AlterPartitionReassignmentsResponse response(
      AlterPartitionReassignmentsRequest request, Outcome<List<Outcome<PartitionImage>>> outcome) {
    AlterPartitionReassignmentsResponse.Builder response =
        AlterPartitionReassignmentsResponse.builder()
            .allowReplicationFactorChange(request.allowReplicationFactorChange());
    return switch (outcome) {
      case Outcome.Refused<List<Outcome<PartitionImage>>> refused ->
          response.errorCode(refused.error()).errorMessage(refused.message()).build();
      case Outcome.Done<List<Outcome<PartitionImage>>> done -> {
        Iterator<Outcome<PartitionImage>> each = done.value().iterator();
        List<ReassignableTopicResponse> topics = new ArrayList<>();
        for (ReassignableTopic topic : request.topics()) {
          topics.add(
              new ReassignableTopicResponse(
                  topic.name(),
                  topic.partitions().stream()
                      .map(one -> partition(one.partitionIndex(), each.next()))
                      .toList()));
        }
        yield response.errorMessage(null).responses(topics).build();
      }
    };
  }

  private static ReassignablePartitionResponse partition(
      int index, Outcome<PartitionImage> outcome) {
    return ReassignablePartitionResponse.builder()
        .partitionIndex(index)
        .errorCode(outcome.error())
        .errorMessage(outcome instanceof Outcome.Refused<?> no ? no.message() : null)
        .build();
  }
}
