package dev.millrace.server;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.turns.Turns;
import dev.millrace.broker.cluster.QuorumView;
import dev.millrace.net.Endpoint;
import dev.millrace.quorum.Quorum;
import dev.millrace.quorum.log.AgreedLog;
import dev.millrace.quorum.voters.Agreement;
import dev.millrace.quorum.voters.Agreement.Progress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The voters of a cluster of several.
 *
 * @param agreed the log of this node; null when it has no vote
 * @param configured where the settings say that voters are
 * @param turns of the quorum
 */
record Voters(
    int self,
    Quorum quorum,
    @Nullable AgreedLog agreed,
    Map<Integer, Endpoint> configured,
    Turns turns)
    implements QuorumView {

  @Override
  public int leader() {
    return quorum.leader();
  }

  @Override
  public int epoch() {
    return quorum.epoch();
  }

  @Override
  public List<Voter> voters() {
    Agreement agreement = agreed == null ? null : agreed.group().agreement();
    List<Progress> others = agreement == null ? List.of() : agreement.progress();
    Map<Integer, Progress> known = new HashMap<>();
    long furthest = 0;
    for (Progress one : others) {
      known.put(one.member().id(), one);
      furthest = Math.max(furthest, one.matchIndex());
    }
    List<Voter> voters = new ArrayList<>();
    for (Map.Entry<Integer, Endpoint> one : configured.entrySet()) {
      Progress progress = known.get(one.getKey());
      voters.add(
          progress == null
              ? new Voter(one.getKey(), Uuid.ZERO, one.getValue(), 0, 0)
              : new Voter(
                  one.getKey(),
                  progress.member().incarnation(),
                  one.getValue(),
                  furthest - progress.matchIndex(),
                  progress.heardMs()));
    }
    return voters;
  }

  @Override
  public void add(int id, Consumer<@Nullable String> done) {
    change(done, log -> log.group().add(id, done));
  }

  @Override
  public void remove(int id, Consumer<@Nullable String> done) {
    change(done, log -> log.group().remove(id, done));
  }

  private void change(Consumer<@Nullable String> done, Consumer<AgreedLog> change) {
    AgreedLog own = agreed;
    if (own == null) {
      done.accept("this node has no vote, node.id=" + self);
    } else {
      turns.submit(() -> change.accept(own));
    }
  }
}
