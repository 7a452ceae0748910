package dev.millrace.broker.fetch;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.broker.Call;
import dev.millrace.broker.Leaders;
import dev.millrace.broker.Node;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.FetchResponse;
import dev.millrace.wire.message.FetchResponse.LeaderIdAndEpoch;
import dev.millrace.wire.message.FetchResponse.NodeEndpoint;
import java.util.List;

/** Adds to an answer who leads the partitions that are not led here, and where (KIP-951). */
final class Referral {
  private static final short NAMES_LEADERS_SINCE = 12;
  private static final short NAMES_ENDPOINTS_SINCE = 16;

  private final Leaders leaders;
  private final short version;

  Referral(Node node, Call call) {
    this.leaders = new Leaders(node, call);
    this.version = call.version();
  }

  /** The answer of a turn, with the leaders named as far as the client's version can tell them. */
  FetchResponse answer(FetchTurn turn, List<FetchTurn.Outcome> outcomes) {
    if (version < NAMES_LEADERS_SINCE) {
      return turn.answer(outcomes);
    }
    FetchResponse response = turn.answer(outcomes.stream().map(this::refer).toList());
    return version < NAMES_ENDPOINTS_SINCE
        ? response
        : response.toBuilder().nodeEndpoints(leaders.endpoints(NodeEndpoint::new)).build();
  }

  private FetchTurn.Outcome refer(FetchTurn.Outcome outcome) {
    FetchTarget target = outcome.target();
    ErrorCode error = ErrorCode.of(outcome.data().errorCode());
    PartitionImage elsewhere =
        target.topicId().equals(Uuid.ZERO)
            ? leaders.after(error, target.topic(), target.index())
            : leaders.after(error, target.topicId(), target.index());
    return elsewhere == null
        ? outcome
        : new FetchTurn.Outcome(
            target,
            outcome.data().toBuilder()
                .currentLeader(new LeaderIdAndEpoch(elsewhere.leader(), elsewhere.leaderEpoch()))
                .build());
  }
}
