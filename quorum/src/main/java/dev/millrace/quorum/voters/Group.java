package dev.millrace.quorum.voters;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.disk.Disk;
import dev.millrace.base.time.Clock;
import dev.millrace.base.turns.Turns;
import dev.millrace.net.Endpoint;
import dev.millrace.net.FrameHandler;
import dev.millrace.net.NetException;
import dev.millrace.quorum.image.MetadataException;
import dev.millrace.quorum.voters.Facts.State;
import dev.millrace.quorum.voters.Joining.Verdict;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.WireException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * This node among the voters: comes into the group, starts the agreement, answers the other voters,
 * changes who votes. In turns of the quorum's owner, but for {@link #frames}.
 */
public final class Group {
  private final Place place;
  private final Voting voting;
  private final Home home;
  private final Uuid process;
  private final VoterLinks links;
  private final Admission admission;
  private final Formation formation;
  private final LeaderWatch watch;
  private @Nullable Membership membership;
  private volatile @Nullable Agreement agreement;
  private volatile boolean closed;
  private boolean isKnown;
  private boolean wasMember;
  private int leader = -1;

  /**
   * Where the node keeps its part.
   *
   * @param directory of the metadata log; the group has a directory in it
   */
  public record Place(int nodeId, Disk disk, Path directory, Clock clock, Turns turns) {
    Path files() {
      return directory.resolve("raft");
    }
  }

  /** The log that the voters agree on. */
  public interface Home extends Agreement.Listener {
    /** Whether there is metadata without a group. */
    boolean hasPast();

    /** Makes a snapshot of that metadata, or of nothing. */
    Agreement.Founding past();

    /** The group is known; the agreement starts next. */
    void joined(Membership membership);
  }

  public Group(Place place, Voting voting, Home home) {
    this.place = place;
    this.voting = voting;
    this.home = home;
    this.process = Uuid.random(voting.random());
    this.links = new VoterLinks(voting.loops(), this::whereNow);
    this.admission = new Admission(voting.voters(), place.turns());
    this.membership = Membership.read(place.disk(), place.files());
    this.formation =
        new Formation(
            new Formation.Parts(
                place.nodeId(), voting.voters(), place.turns(), place.clock(), links, new Steps()),
            facts());
    this.watch = new LeaderWatch(place.turns(), place.clock(), this::sayHello, this::stand);
    if (voting.voters().stream().noneMatch(voter -> voter.id() == place.nodeId())) {
      throw new MetadataException(
          "controller.quorum.voters does not name this node, node.id="
              + place.nodeId()
              + " voters="
              + voting.voters().stream().map(Voter::id).toList());
    }
  }

  /** Whether a directory of metadata belongs to a group of voters. */
  public static boolean exists(Disk disk, Path directory) {
    return Membership.read(disk, directory.resolve("raft")) != null;
  }

  /** Starts: a member its agreement, another node its search for a group. */
  public void start() {
    Membership known = membership;
    if (known != null) {
      enter(known);
    }
    formation.start();
  }

  /** Handles the frames of other voters and leaves the rest to {@code others}. */
  public FrameHandler frames(FrameHandler others) {
    return new VoterFrames(new Answers(), others);
  }

  /** The agreement, once it started. */
  public @Nullable Agreement agreement() {
    return agreement;
  }

  /** The members, as far as this node has heard. */
  public List<Member> members() {
    return admission.members();
  }

  /** Which voters have said something; any thread. */
  public Set<Integer> heardOf() {
    return formation.heardOf();
  }

  /** Where voters listen: those of the settings, and those that were taken in since; any thread. */
  public Map<Integer, Endpoint> addresses() {
    Map<Integer, Endpoint> addresses = new TreeMap<>();
    List<Member> members = located();
    if (members.isEmpty()) {
      voting.voters().forEach(voter -> addresses.put(voter.id(), voter.endpoint()));
    }
    members.forEach(member -> addresses.put(member.id(), member.endpoint()));
    return addresses;
  }

  /** The members are these from now on. */
  public void members(List<Member> now) {
    admission.members(now);
    Membership own = membership;
    if (own == null) {
      return;
    }
    boolean isMember =
        now.stream().anyMatch(member -> member.incarnation().equals(own.incarnation()));
    if (isMember) {
      formation.settled();
      wasMember = true;
    } else if (wasMember) {
      TakenOut.note(place.disk(), place.directory());
      home.failed(new TakenOutException(now.stream().map(Member::id).sorted().toList()));
    } else if (now.isEmpty() && !isKnown) {
      formation.join(new Joining.Request(own.group(), self(own)));
    }
    isKnown = true;
  }

  /** Who leads from now on, or -1. */
  public void leader(int id) {
    leader = id;
    watch.leader(id);
    formation.own(facts());
  }

  /** Changes who votes or leads; on the leader. */
  public void change(VoterChange change, Consumer<VoterChange.Outcome> done) {
    Agreement running = agreement;
    if (running == null || leader != place.nodeId()) {
      done.accept(
          VoterChange.Outcome.refused(
              ErrorCode.NOT_CONTROLLER, "this node does not lead the metadata, leader=" + leader));
    } else {
      admission.change(change, running, done);
    }
  }

  public void close() {
    closed = true;
    formation.close();
    links.close();
    Agreement running = agreement;
    if (running != null) {
      running.close();
    }
  }

  private Member self(Membership own) {
    Voter voter =
        voting.voters().stream()
            .filter(one -> one.id() == place.nodeId())
            .findFirst()
            .orElseThrow();
    return new Member(place.nodeId(), own.incarnation(), voter.endpoint());
  }

  /** Settings say where a voter is; what the group remembers may be from before a move. */
  private Member whereNow(Member member) {
    for (Voter voter : voting.voters()) {
      if (voter.id() == member.id()) {
        return new Member(member.id(), member.incarnation(), voter.endpoint());
      }
    }
    return member;
  }

  private Facts facts() {
    Membership own = membership;
    List<Integer> ids = voting.voters().stream().map(Voter::id).toList();
    State fromPast = home.hasPast() ? State.SOLO : State.FRESH;
    return own == null
        ? new Facts(
            place.nodeId(), process, fromPast, voting.clusterId(), Uuid.ZERO, 0, ids, leader)
        : new Facts(
            place.nodeId(),
            process,
            State.MEMBER,
            own.clusterId(),
            own.group(),
            own.epochBase(),
            ids,
            leader);
  }

  private void enter(Membership own) {
    if (!voting.clusterId().isEmpty() && !voting.clusterId().equals(own.clusterId())) {
      home.failed(
          new MetadataException(
              "metadata belongs to cluster "
                  + own.clusterId()
                  + ", but meta.properties says cluster.id="
                  + voting.clusterId()));
      return;
    }
    membership = own;
    formation.own(facts());
    home.joined(own);
    voting.identified().accept(own.clusterId());
    Agreement.Founding founding =
        own.founder() ? new Agreement.Founding(own.offset(), own.epoch(), snapshot(own)) : null;
    try {
      agreement =
          voting
              .engine()
              .start(
                  new Agreement.Setup(
                      own.group(), self(own), founding, place.files(), links, home));
    } catch (MetadataException fault) {
      home.failed(fault);
    }
  }

  private Path snapshot(Membership own) {
    return place
        .directory()
        .resolve(String.format("%020d-%010d.checkpoint", own.offset(), own.epoch()));
  }

  /** A request of another voter, in a turn of a loop. */
  private void answer(byte kind, ByteBuffer request, Agreement.Served served) {
    if (kind == VoterFrames.HELLO) {
      Facts.read(request);
      served.answer(formation.own().write());
    } else if (kind == VoterFrames.JOIN) {
      Joining.Request asking = Joining.Request.read(request);
      place.turns().submit(() -> served.answer(judge(asking).write()));
    } else if (kind >= VoterFrames.ENGINE_KINDS) {
      Agreement running = agreement;
      if (running == null) {
        served.refused("this voter is not ready");
      } else {
        voting.requests().submit(() -> running.serve(kind, request, served));
      }
    } else {
      throw new WireException("unknown kind of voter request, kind=" + kind);
    }
  }

  private void sayHello(Endpoint to, Runnable answered, Consumer<NetException> failed) {
    links.ask(to, VoterFrames.HELLO, formation.own().write(), _ -> answered.run(), failed);
  }

  private void stand(int gone) {
    Agreement running = agreement;
    if (running != null) {
      voting.requests().submit(() -> running.stand(gone));
    }
  }

  /** The other voters on the listener of the controller, in turns of its loops. */
  private final class Answers implements VoterFrames.Answers {
    @Override
    public void answer(byte kind, ByteBuffer request, Agreement.Served served) {
      Group.this.answer(kind, request, served);
    }

    @Override
    public void gone() {
      if (!closed) {
        long nowMs = place.clock().monotonicMs();
        place.turns().submit(() -> watch.look(nowMs, place.nodeId(), located()));
      }
    }
  }

  private List<Member> located() {
    return admission.members().stream().map(this::whereNow).toList();
  }

  private Joining.Answer judge(Joining.Request asking) {
    Membership own = membership;
    Agreement running = agreement;
    if (own == null || running == null || leader != place.nodeId()) {
      return new Joining.Answer(Verdict.NOT_LEADER, "");
    }
    if (!own.group().equals(asking.group())) {
      return new Joining.Answer(Verdict.REFUSED, "the cluster has another group of voters");
    }
    return admission.judge(asking.member(), running);
  }

  /** What the formation decides. */
  private final class Steps implements Formation.Outcome {
    @Override
    public void found() {
      Agreement.Founding past = home.past();
      String known = voting.clusterId();
      Membership own =
          new Membership(
              Uuid.random(voting.random()),
              known.isEmpty() ? Uuid.random(voting.random()).toString() : known,
              past.epoch(),
              Uuid.random(voting.random()),
              true,
              past.offset(),
              past.epoch());
      own.write(place.disk(), place.files());
      enter(own);
    }

    @Override
    public void join(Facts member) {
      Uuid incarnation = Uuid.random(voting.random());
      Membership own =
          new Membership(
              member.group(), member.clusterId(), member.epochBase(), incarnation, false, 0, 0);
      own.write(place.disk(), place.files());
      enter(own);
    }

    @Override
    public void refused(String reason) {
      home.failed(new MetadataException(reason));
    }
  }
}
