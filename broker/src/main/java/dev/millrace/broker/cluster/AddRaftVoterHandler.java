package dev.millrace.broker.cluster;

import dev.millrace.broker.ActiveController;
import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.broker.Node;
import dev.millrace.quorum.voters.VoterChange;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.AddRaftVoterRequest;
import dev.millrace.wire.message.AddRaftVoterResponse;
import dev.millrace.wire.message.ApiKey;

/**
 * AddRaftVoter (80), versions 0–1: takes a node into the voters of the metadata (KIP-853).
 *
 * <p>The node has to run, with itself among the voters of its settings: it says then which disk and
 * which address it has, and what the request says of these is not needed. The answer comes when the
 * change is committed, also when version 1 asks for less.
 */
public final class AddRaftVoterHandler implements Handler<AddRaftVoterRequest> {
  private final Node node;
  private final ActiveController controller;

  public AddRaftVoterHandler(Node node, ActiveController controller) {
    this.node = node;
    this.controller = controller;
  }

  @Override
  public ApiKey key() {
    return ApiKey.ADD_RAFT_VOTER;
  }

  @Override
  public boolean isForController(AddRaftVoterRequest request) {
    return true;
  }

  @Override
  public void handle(Call call, AddRaftVoterRequest request) {
    String clusterId = request.clusterId();
    if (clusterId != null && !clusterId.equals(node.clusterId())) {
      answer(
          call,
          VoterChange.Outcome.refused(
              ErrorCode.INCONSISTENT_CLUSTER_ID, "this is cluster " + node.clusterId()));
      return;
    }
    call.holdNext();
    controller.change(new VoterChange.Add(request.voterId()), outcome -> answer(call, outcome));
  }

  private static void answer(Call call, VoterChange.Outcome outcome) {
    call.answer(
        AddRaftVoterResponse.builder()
            .errorCode(outcome.error())
            .errorMessage(outcome.isDone() ? null : outcome.message())
            .build());
  }
}
