package dev.millrace.broker.cluster;

import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.broker.Node;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.AddRaftVoterRequest;
import dev.millrace.wire.message.AddRaftVoterResponse;
import dev.millrace.wire.message.ApiKey;

/**
 * AddRaftVoter (80), version 0: takes a controller that waits for it in among the voters (KIP-853).
 */
public final class AddRaftVoterHandler implements Handler<AddRaftVoterRequest> {
  private final Node node;
  private final QuorumView quorum;

  public AddRaftVoterHandler(Node node, QuorumView quorum) {
    this.node = node;
    this.quorum = quorum;
  }

  @Override
  public ApiKey key() {
    return ApiKey.ADD_RAFT_VOTER;
  }

  /** Later ones let the new voter ask for itself, which it does in its own way here. */
  @Override
  public short highestVersion() {
    return 0;
  }

  @Override
  public boolean isForController(AddRaftVoterRequest request) {
    return true;
  }

  @Override
  public void handle(Call call, AddRaftVoterRequest request) {
    String cluster = request.clusterId();
    if (cluster != null && !cluster.equals(node.clusterId())) {
      call.answer(
          AddRaftVoterResponse.builder().errorCode(ErrorCode.INCONSISTENT_CLUSTER_ID).build());
      return;
    }
    quorum.add(
        request.voterId(),
        refusal ->
            call.answer(
                AddRaftVoterResponse.builder()
                    .errorCode(refusal == null ? ErrorCode.NONE : ErrorCode.INVALID_REQUEST)
                    .errorMessage(refusal)
                    .build()));
  }
}
