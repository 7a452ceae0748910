package dev.millrace.broker.cluster;

import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.broker.Node;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.RemoveRaftVoterRequest;
import dev.millrace.wire.message.RemoveRaftVoterResponse;

/** RemoveRaftVoter (81), version 0: takes a voter out, dead or alive (KIP-853). */
public final class RemoveRaftVoterHandler implements Handler<RemoveRaftVoterRequest> {
  private final Node node;
  private final QuorumView quorum;

  public RemoveRaftVoterHandler(Node node, QuorumView quorum) {
    this.node = node;
    this.quorum = quorum;
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
    String cluster = request.clusterId();
    if (cluster != null && !cluster.equals(node.clusterId())) {
      call.answer(
          RemoveRaftVoterResponse.builder().errorCode(ErrorCode.INCONSISTENT_CLUSTER_ID).build());
      return;
    }
    quorum.remove(
        request.voterId(),
        refusal ->
            call.answer(
                RemoveRaftVoterResponse.builder()
                    .errorCode(refusal == null ? ErrorCode.NONE : ErrorCode.INVALID_REQUEST)
                    .errorMessage(refusal)
                    .build()));
  }
}
