package dev.millrace.quorum.log;

import dev.millrace.base.disk.Disk;
import dev.millrace.base.disk.DiskException;
import dev.millrace.log.checkpoint.CorruptFileException;
import dev.millrace.net.Endpoint;
import dev.millrace.net.FrameHandler;
import dev.millrace.quorum.image.MetadataException;
import dev.millrace.quorum.voters.Agreement;
import dev.millrace.quorum.voters.Group;
import dev.millrace.quorum.voters.Member;
import dev.millrace.quorum.voters.Membership;
import dev.millrace.quorum.voters.VoterChange;
import dev.millrace.quorum.voters.VoterState;
import dev.millrace.quorum.voters.Voting;
import dev.millrace.wire.Message;
import dev.millrace.wire.WireException;
import dev.millrace.wire.records.RecordBatch;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The metadata log of a quorum with several voters: an {@link Agreement} on the order of entries,
 * and the files of this node that follow it.
 *
 * <p>A leader's epoch begins with an entry of its own. When that one is committed, the leader has
 * heard of everything before it, what earlier leaders left open is decided, and offsets can be
 * foretold; it tells that it leads only then. Offsets are counted here, on every voter alike,
 * because the agreement's indices have gaps. An entry counts when it comes in the term it was
 * written for and at the offset it was foretold, otherwise it has no effect.
 *
 * <p>What was agreed on is on disk with the agreement; the partition log is written without waiting
 * for the disk, and what a crash takes from it is written again when the entries since the newest
 * snapshot come by. Files: {@code docs/formats/metadata-log.md}, {@code docs/formats/voters.md}.
 *
 * <p>All methods are called in turns of the quorum's owner, but for {@link #create} and {@link
 * #frames}.
 */
public final class AgreedLog implements MetadataLog {
  private static final System.Logger LOG = System.getLogger("dev.millrace.quorum");

  private final SoloLog.Parts parts;
  private final LocalLog local;
  private final Group group;
  private final Proposals proposals;
  private final MetadataReads reads;
  private final Standing standing;
  private @Nullable Observer observer;
  private @Nullable Membership membership;
  private boolean failed;
  private int epoch;
  private long nextOffset;
  private long term;
  private long index;
  private long bytesSinceSnapshot;
  private long leadingTerm = -1;
  private int engineLeader = -1;
  private long engineTerm = -1;
  private int toldLeader = -1;
  private int toldEpoch = -1;

  private AgreedLog(SoloLog.Parts parts, Voting voting, LocalLog local) {
    this.parts = parts;
    this.local = local;
    Group.Place place =
        new Group.Place(
            parts.nodeId(), parts.disk(), local.directory(), parts.clock(), parts.turns());
    this.group = new Group(place, voting, new Home());
    this.reads = new MetadataReads(parts, local.partitionLog());
    this.standing = new Standing(parts.clock());
    this.proposals = new Proposals(parts.turns(), this::propose);
  }

  /**
   * Opens the log in its directory, or makes an empty one. The listener of the controller can
   * answer other voters from now on; nothing is said to them before {@link #open}.
   *
   * @throws MetadataException when what is there is damaged, or does not fit the settings
   */
  public static AgreedLog create(SoloLog.Parts parts, Voting voting) {
    try {
      return new AgreedLog(parts, voting, LocalLog.open(parts));
    } catch (DiskException fault) {
      throw new MetadataException("metadata log cannot be opened: " + fault.getMessage(), fault);
    } catch (CorruptFileException fault) {
      throw new MetadataException(
          "metadata log cannot be opened: " + fault.getMessage() + Agreement.HEALING, fault);
    }
  }

  /**
   * Whether the metadata in a data directory is agreed on by a group of voters: then this log is
   * needed, also when the settings name one voter only.
   */
  public static boolean isNeeded(Disk disk, Path dataDirectory) {
    return Group.exists(disk, dataDirectory.resolve(SoloLog.PARTITION.toString()));
  }

  /**
   * Handles the frames of other voters, on the listener of the controller.
   *
   * @param others handles all other frames
   */
  public FrameHandler frames(FrameHandler others) {
    return group.frames(others);
  }

  /** For nodes that follow this log without a vote. */
  public MetadataReads reads() {
    return reads;
  }

  /** The offset after the last record that is committed, as far as this node has heard. */
  public long endOffset() {
    return nextOffset;
  }

  @Override
  public void open(Observer opened) {
    observer = opened;
    guarded(group::start);
  }

  @Override
  public void append(int expectedEpoch, List<Message> records, Appended appended) {
    if (failed || observer == null || !proposals.isLeading(expectedEpoch)) {
      Outcome outcome = failed ? Outcome.FAILED : Outcome.FENCED;
      parts.turns().submit(() -> appended.done(outcome));
      return;
    }
    long baseOffset = proposals.nextOffset();
    ByteBuffer batch =
        MetadataBatches.data(baseOffset, expectedEpoch, parts.clock().wallMs(), records);
    AgreedEntry entry = new AgreedEntry(false, expectedEpoch, baseOffset, batch);
    proposals.add(entry, records.size(), appended);
  }

  private void propose(AgreedEntry entry) {
    Agreement agreement = group.agreement();
    if (agreement != null) {
      agreement.propose(entry.write());
    }
  }

  @Override
  public void barrier(Runnable reached) {
    proposals.barrier(reached);
  }

  /**
   * {@inheritDoc}
   *
   * <p>One that cannot be written is tried again after as many bytes.
   */
  @Override
  public void snapshot(SnapshotId end, Stream<Message> records) {
    Agreement agreement = group.agreement();
    if (agreement == null || end.offset() != nextOffset || end.epoch() != epoch) {
      return;
    }
    bytesSinceSnapshot = 0;
    try {
      local.snapshot(end, records);
      agreement.snapshot(new Agreement.Position(nextOffset, epoch, term, index), local.path(end));
      local.forgetBefore(end);
    } catch (DiskException | MetadataException fault) {
      LOG.log(
          System.Logger.Level.WARNING, "metadata snapshot was not written: " + fault.getMessage());
    }
  }

  @Override
  public long bytesSinceSnapshot() {
    return bytesSinceSnapshot;
  }

  @Override
  public List<Integer> voters() {
    return group.members().stream().map(Member::id).sorted().toList();
  }

  /** Which voters have said something to this node since it started; any thread. */
  public Set<Integer> heardOf() {
    return group.heardOf();
  }

  /** Where the voters listen, by their ids; any thread. */
  public Map<Integer, Endpoint> addresses() {
    return group.addresses();
  }

  @Override
  public List<VoterState> states() {
    Agreement agreement = group.agreement();
    return agreement == null || toldLeader != parts.nodeId()
        ? List.of()
        : standing.states(parts.nodeId(), group.members(), agreement.progress(), nextOffset);
  }

  @Override
  public void change(VoterChange change, Consumer<VoterChange.Outcome> done) {
    group.change(change, done);
  }

  /** Stops. The log directory closes the files. */
  @Override
  public void close() {
    observer = null;
    group.close();
  }

  private void guarded(Runnable step) {
    if (failed) {
      return;
    }
    try {
      step.run();
    } catch (DiskException fault) {
      fail(new MetadataException("metadata cannot go on: " + fault.getMessage(), fault));
    } catch (CorruptFileException | MetadataException | WireException fault) {
      fail(
          new MetadataException(
              "metadata cannot go on: " + fault.getMessage() + Agreement.HEALING, fault));
    }
  }

  private void fail(RuntimeException cause) {
    if (failed) {
      return;
    }
    failed = true;
    Observer to = observer;
    if (to != null) {
      to.onFailure(cause);
    }
    proposals.fail();
  }

  private void restored(Agreement.Position position) {
    epoch = position.epoch();
    nextOffset = position.offset();
    term = position.term();
    index = position.index();
    standing.reached(index, nextOffset);
    bytesSinceSnapshot = 0;
    proposals.decideBefore(epoch + 1);
    tellFollowing();
  }

  private void apply(long itsTerm, long itsIndex, ByteBuffer bytes) {
    term = itsTerm;
    index = itsIndex;
    AgreedEntry entry = AgreedEntry.read(bytes);
    int itsEpoch = epochOf(itsTerm);
    boolean isInEpoch = entry.begins() ? itsEpoch > epoch : itsEpoch == epoch;
    if (entry.epoch() != itsEpoch || entry.baseOffset() != nextOffset || !isInEpoch) {
      return;
    }
    RecordBatch batch = entry.recordBatch();
    List<Message> records = MetadataBatches.read(batch);
    long baseOffset = nextOffset;
    nextOffset += batch.recordCount();
    standing.reached(itsIndex, nextOffset);
    bytesSinceSnapshot += batch.sizeBytes();
    local.append(baseOffset, itsEpoch, entry.begins(), copy(entry.batch()));
    if (entry.begins()) {
      begin(itsEpoch);
    } else {
      Observer to = observer;
      if (to != null) {
        to.onCommit(baseOffset, itsEpoch, records);
      }
      proposals.committed(itsEpoch, baseOffset);
    }
    reads.committed();
  }

  /** Every entry of earlier epochs is heard of by now, or lost. */
  private void begin(int newEpoch) {
    epoch = newEpoch;
    proposals.decideBefore(newEpoch);
    if (leadingTerm >= 0 && epochOf(leadingTerm) == newEpoch) {
      proposals.lead(newEpoch, nextOffset);
      local.led(parts.nodeId(), newEpoch, voters());
      tell(parts.nodeId(), newEpoch);
    } else {
      tellFollowing();
    }
  }

  private void leading(long newTerm) {
    leadingTerm = newTerm;
    standing.forget();
    engineLeader = parts.nodeId();
    engineTerm = newTerm;
    int newEpoch = epochOf(newTerm);
    ByteBuffer batch =
        MetadataBatches.leaderChange(
            nextOffset, newEpoch, parts.clock().wallMs(), parts.nodeId(), voters());
    propose(new AgreedEntry(true, newEpoch, nextOffset, batch));
  }

  private void following(int leader, long itsTerm) {
    engineLeader = leader;
    engineTerm = itsTerm;
    tellFollowing();
  }

  private void lost(long itsTerm) {
    if (leadingTerm != itsTerm) {
      return;
    }
    leadingTerm = -1;
    if (toldLeader == parts.nodeId()) {
      tell(-1, toldEpoch);
    }
    proposals.lose();
  }

  /** Another leader is told of once its epoch has begun here, too. */
  private void tellFollowing() {
    if (engineTerm >= 0 && engineLeader != parts.nodeId() && epochOf(engineTerm) == epoch) {
      tell(engineLeader, epoch);
    }
  }

  private void tell(int leader, int itsEpoch) {
    if (leader == toldLeader && itsEpoch == toldEpoch) {
      return;
    }
    toldLeader = leader;
    toldEpoch = itsEpoch;
    LOG.log(
        System.Logger.Level.INFO,
        () ->
            leader < 0
                ? "nobody leads the metadata for now, epoch=" + itsEpoch
                : "metadata is led, node=" + leader + " epoch=" + itsEpoch);
    group.leader(leader);
    reads.led(leader, itsEpoch);
    Observer to = observer;
    if (to != null) {
      to.onLeaderChange(leader, itsEpoch, nextOffset);
    }
  }

  private int epochOf(long itsTerm) {
    Membership own = membership;
    return (own == null ? 0 : own.epochBase()) + (int) itsTerm;
  }

  private static ByteBuffer copy(ByteBuffer batch) {
    return ByteBuffer.allocate(batch.remaining()).put(batch.duplicate()).flip();
  }

  /** What the group tells, brought into turns of the owner. */
  private final class Home implements Group.Home {
    private void turn(Runnable step) {
      parts.turns().submit(() -> guarded(step));
    }

    @Override
    public boolean hasPast() {
      return !local.isEmpty();
    }

    @Override
    public Agreement.Founding past() {
      SnapshotId id = local.condense();
      return new Agreement.Founding(id.offset(), id.epoch(), local.path(id));
    }

    @Override
    public void joined(Membership joined) {
      membership = joined;
    }

    @Override
    public void restored(Agreement.Position position, Path file) {
      SnapshotId id = new SnapshotId(position.offset(), position.epoch());
      local.adopt(id, file);
      turn(() -> {
        local.restore(
            id,
            records -> {
              Observer to = observer;
              if (to != null) {
                to.onSnapshot(id, records);
              }
            });
        AgreedLog.this.restored(position);
      });
    }

    @Override
    public void entry(long itsTerm, long itsIndex, ByteBuffer entry) {
      turn(() -> apply(itsTerm, itsIndex, entry));
    }

    @Override
    public void leading(long newTerm) {
      turn(() -> AgreedLog.this.leading(newTerm));
    }

    @Override
    public void following(int leader, long itsTerm) {
      turn(() -> AgreedLog.this.following(leader, itsTerm));
    }

    @Override
    public void lost(long itsTerm) {
      turn(() -> AgreedLog.this.lost(itsTerm));
    }

    @Override
    public void members(List<Member> members) {
      turn(() -> group.members(members));
    }

    @Override
    public void failed(RuntimeException cause) {
      parts.turns().submit(() -> fail(cause));
    }
  }
}
