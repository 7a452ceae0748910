package dev.millrace.quorum.voters;

import dev.millrace.base.time.Clock;
import dev.millrace.base.turns.Turns;
import dev.millrace.quorum.voters.Facts.State;
import dev.millrace.wire.WireException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How a starting node comes into the group of voters.
 *
 * <p>Voters say hello to all others, and to their own address. A member of a group starts at once
 * and only looks whether the others agree. A node without a group joins the one that another voter
 * belongs to. Where there is none, exactly one node founds it: the one that has metadata from when
 * it was the only voter, otherwise the one with the lowest id; once all voters have answered, or a
 * majority has for a while. All others join.
 *
 * <p>What cannot be right is refused before anything is written: another cluster, another process
 * with this node's id, lists of voters that contradict each other, two pasts.
 */
final class Formation {
  private static final System.Logger LOG = System.getLogger(Formation.class.getName());
  private static final long GREETING_MS = 150;

  /** Nodes of a cluster often start together: at first a look around is worth more often. */
  private static final long FIRST_GREETING_MS = 20;

  private static final long FIRST_MS = 2000;
  private static final long MAJORITY_SUFFICES_MS = 3000;
  private static final long REFUSAL_COUNTS_MS = 3000;
  private static final int GREETINGS_OF_MEMBER = 100;

  /** What comes of it; in turns of the owner. */
  interface Outcome {
    /** This node founds the group. */
    void found();

    /** This node belongs to a group and has to be taken in. */
    void join(Facts member);

    /** This node must not run. */
    void refused(String reason);
  }

  /** What a formation works with. */
  record Parts(
      int self, List<Voter> voters, Turns turns, Clock clock, VoterLinks links, Outcome outcome) {}

  private enum Stage {
    LOOKING,
    JOINING,
    SETTLED,
    ENDED
  }

  private final Parts parts;
  private final Map<Integer, Facts> heard = new ConcurrentHashMap<>();
  private final Set<Integer> asked = new HashSet<>();
  private final Set<Integer> objections = new HashSet<>();
  private volatile Facts own;
  private Stage stage = Stage.LOOKING;
  private int greetings;
  private long begunMs;
  private Joining.@Nullable Request request;
  private long refusedSinceMs = -1;

  Formation(Parts parts, Facts own) {
    this.parts = parts;
    this.own = own;
  }

  /** What is said to others; any thread. */
  Facts own() {
    return own;
  }

  /** Changes what is said to others. */
  void own(Facts now) {
    own = now;
  }

  /** Which voters have said who they are; any thread. */
  Set<Integer> heardOf() {
    return new TreeSet<>(heard.keySet());
  }

  /** Begins to look around. */
  void start() {
    begunMs = parts.clock.monotonicMs();
    if (own.state() == State.MEMBER) {
      stage = Stage.SETTLED;
    }
    greet();
  }

  /** Asks to be taken in until {@link #settled} is called. */
  void join(Joining.Request asking) {
    request = asking;
    stage = Stage.JOINING;
    askToJoin();
  }

  /** The node is a member of a group that works. */
  void settled() {
    if (stage == Stage.JOINING) {
      stage = Stage.SETTLED;
    }
  }

  void close() {
    stage = Stage.ENDED;
  }

  private void greet() {
    boolean isDone = heard.size() == parts.voters.size() || greetings++ > GREETINGS_OF_MEMBER;
    if (stage == Stage.ENDED || (stage == Stage.SETTLED && isDone)) {
      return;
    }
    for (Voter voter : parts.voters) {
      boolean isKnown = heard.containsKey(voter.id()) && stage != Stage.LOOKING;
      if (!isKnown && asked.add(voter.id())) {
        ask(voter, VoterFrames.HELLO, own.write(), Facts::read, facts -> hear(voter, facts));
      }
    }
    if (stage == Stage.LOOKING) {
      decide();
    }
    parts.turns.after(greetingMs(), this::greet);
  }

  private long greetingMs() {
    boolean isNew = parts.clock.monotonicMs() - begunMs < FIRST_MS;
    return isNew ? FIRST_GREETING_MS : GREETING_MS;
  }

  private <T> void ask(
      Voter voter,
      byte kind,
      ByteBuffer body,
      Function<ByteBuffer, T> reader,
      Consumer<T> receiver) {
    parts.links.ask(
        voter.endpoint(),
        kind,
        body,
        answer ->
            parts.turns.submit(() -> {
              asked.remove(voter.id());
              try {
                T read = reader.apply(answer);
                if (stage != Stage.ENDED) {
                  receiver.accept(read);
                }
              } catch (WireException wrong) {
                refuse(
                    "what answers at "
                        + voter.endpoint()
                        + " is no voter of this release, node="
                        + voter.id());
              }
            }),
        _ -> parts.turns.submit(() -> asked.remove(voter.id())));
  }

  private void hear(Voter voter, Facts theirs) {
    String objection = objection(voter, theirs);
    heard.put(voter.id(), theirs);
    if (objection != null) {
      object(voter, objection);
      return;
    }
    if (stage == Stage.LOOKING) {
      decide();
    }
  }

  /** A member does not stay away from its group because of one node that is wrong. */
  private void object(Voter voter, String objection) {
    objections.add(voter.id());
    boolean isOne = objections.size() <= (parts.voters.size() - 1) / 2;
    if (own.state() == State.MEMBER && isOne && voter.id() != parts.self) {
      LOG.log(System.Logger.Level.WARNING, objection);
    } else {
      refuse(objection);
    }
  }

  private @Nullable String objection(Voter voter, Facts theirs) {
    if (theirs.nodeId() != voter.id()) {
      return "controller.quorum.voters says that node "
          + voter.id()
          + " is at "
          + voter.endpoint()
          + ", but node "
          + theirs.nodeId()
          + " answers there";
    }
    if (voter.id() == parts.self) {
      return theirs.process().equals(own.process())
          ? null
          : "node.id=" + parts.self + " is in use by another process at " + voter.endpoint();
    }
    if (!own.clusterId().isEmpty()
        && !theirs.clusterId().isEmpty()
        && !own.clusterId().equals(theirs.clusterId())) {
      return "this node belongs to cluster "
          + own.clusterId()
          + ", but node "
          + theirs.nodeId()
          + " at "
          + voter.endpoint()
          + " belongs to cluster "
          + theirs.clusterId();
    }
    return contradiction(voter, theirs);
  }

  private @Nullable String contradiction(Voter voter, Facts theirs) {
    boolean isFormed = theirs.state() == State.MEMBER;
    boolean isSame = own.voters().equals(theirs.voters());
    boolean isChanged =
        isFormed
            && (own.voters().containsAll(theirs.voters())
                || theirs.voters().containsAll(own.voters()));
    if (!isSame && !isChanged) {
      return "controller.quorum.voters has nodes "
          + own.voters()
          + " here and nodes "
          + theirs.voters()
          + " on node "
          + voter.id()
          + "; write the same on all";
    }
    if (own.state() == State.MEMBER && isFormed && !own.group().equals(theirs.group())) {
      return "this node and node "
          + voter.id()
          + " belong to different groups of voters of one cluster; empty __cluster_metadata-0 of"
          + " the one that was left behind";
    }
    if (own.state() == State.SOLO && theirs.state() != State.FRESH) {
      return "this node has metadata of its own and node "
          + voter.id()
          + " has, too; empty __cluster_metadata-0 of the one that was left behind";
    }
    return null;
  }

  private void decide() {
    Facts member = null;
    boolean isOther = false;
    for (Facts facts : heard.values()) {
      if (facts.nodeId() != parts.self) {
        member = facts.state() == State.MEMBER ? facts : member;
        isOther |= facts.state() == State.SOLO;
      }
    }
    if (member != null) {
      stage = Stage.JOINING;
      parts.outcome.join(member);
    } else if (isFounder(isOther) && isEnough()) {
      stage = Stage.SETTLED;
      parts.outcome.found();
    }
  }

  /**
   * A node that belonged to a cluster and has lost its metadata founds nothing: that would be a
   * cluster which knows of no topic, and takes what lies on the disk for strays.
   */
  private boolean isFounder(boolean isOther) {
    boolean isFirst = own.clusterId().isEmpty() && own.voters().getFirst() == parts.self;
    return own.state() == State.SOLO || (!isOther && isFirst);
  }

  private boolean isEnough() {
    int count = heard.containsKey(parts.self) ? heard.size() : heard.size() + 1;
    boolean isLate = parts.clock.monotonicMs() - begunMs >= MAJORITY_SUFFICES_MS;
    int all = parts.voters.size();
    return count >= (isLate ? all / 2 + 1 : all);
  }

  private void askToJoin() {
    if (stage != Stage.JOINING) {
      return;
    }
    ByteBuffer body = Objects.requireNonNull(request).write();
    for (Voter voter : parts.voters) {
      if (voter.id() != parts.self && asked.add(voter.id())) {
        ask(voter, VoterFrames.JOIN, body, Joining.Answer::read, this::hearVerdict);
      }
    }
    parts.turns.after(greetingMs(), this::askToJoin);
  }

  /** A refusal counts when it lasts: the node's former self may have gone a moment ago. */
  private void hearVerdict(Joining.Answer answer) {
    if (stage != Stage.JOINING) {
      return;
    }
    long nowMs = parts.clock.monotonicMs();
    switch (answer.verdict()) {
      case ADMITTED, LATER -> refusedSinceMs = -1;
      case NOT_LEADER -> {}
      case REFUSED -> {
        refusedSinceMs = refusedSinceMs < 0 ? nowMs : refusedSinceMs;
        if (nowMs - refusedSinceMs >= REFUSAL_COUNTS_MS) {
          refuse(answer.reason());
        }
      }
    }
  }

  private void refuse(String reason) {
    if (stage != Stage.ENDED) {
      stage = Stage.ENDED;
      parts.outcome.refused(reason);
    }
  }
}
