package dev.millrace.broker.cluster;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.broker.ActiveController;
import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.broker.Node;
import dev.millrace.quorum.voters.VoterChange;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.RemoveRaftVoterRequest;
import dev.millrace.wire.message.RemoveRaftVoterResponse;

/**
 * RemoveRaftVoter (81), version 0: takes a node out of the voters of the metadata (KIP-853). The
 * last one stays. A voter is named by its id and its directory, as DescribeQuorum shows them;
 * without the directory it is refused, as by Apache Kafka: the disk that votes may have been
 * another one when somebody decided that it should go.
 */
public final class RemoveRaftVoterHandler implements Handler<RemoveRaftVoterRequest> {
  private final Node node;
  private final ActiveController controller;

  public RemoveRaftVoterHandler(Node node, ActiveController controller) {
    this.node = node;
    this.controller = controller;
  }

  @Override
  public ApiKey key() {
    return ApiKey.REMOVE_RAFT_VOTER;
  }

  @Override
  public boolean isForController(RemoveRaftVoterRequest request) {
    return true;
  }

  @Override
  public void handle(Call call, RemoveRaftVoterRequest request) {
    String clusterId = request.clusterId();
    if (clusterId != null && !clusterId.equals(node.clusterId())) {
      answer(
          call,
          VoterChange.Outcome.refused(
              ErrorCode.INCONSISTENT_CLUSTER_ID, "this is cluster " + node.clusterId()));
      return;
    }
    if (request.voterDirectoryId().equals(Uuid.ZERO)) {
      answer(
          call,
          VoterChange.Outcome.refused(
              ErrorCode.INVALID_REQUEST,
              "a voter is named by its id and its directory id, see DescribeQuorum"
                  + " (kafka-metadata-quorum.sh describe --status), voter="
                  + request.voterId()));
      return;
    }
    call.holdNext();
    controller.change(
        new VoterChange.Remove(request.voterId(), request.voterDirectoryId()),
        outcome -> answer(call, outcome));
  }

  private static void answer(Call call, VoterChange.Outcome outcome) {
    call.answer(
        RemoveRaftVoterResponse.builder()
            .errorCode(outcome.error())
            .errorMessage(outcome.isDone() ? null : outcome.message())
            .build());
  }
}
