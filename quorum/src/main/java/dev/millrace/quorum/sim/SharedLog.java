package dev.millrace.quorum.sim;

import dev.millrace.base.sim.SimOwners;
import dev.millrace.base.turns.Turns;
import dev.millrace.quorum.log.MetadataLog;
import dev.millrace.quorum.log.MetadataLog.SnapshotId;
import dev.millrace.wire.Message;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One metadata log for all nodes of a simulated cluster.
 *
 * <p>A majority of the voters that are alive and not cut off has a leader some time after it
 * formed, and commits what that leader appends. What a node hears is one ordered stream, of which
 * it hears later than the others at its own pace: commits, and leaders with their epochs.
 */
public final class SharedLog {
  /** The leader while there is none. */
  public static final int NOBODY = -1;

  private static final int COMMIT_MS_MAX = 5;
  private static final int ELECTION_MS_MIN = 500;
  private static final int ELECTION_MS_MAX = 1000;
  private static final int SNAPSHOT_LAG = 200;

  final SimOwners owners;
  final RandomGenerator random;
  final Turns turns;
  final List<Integer> voters;

  /** Everything that was agreed on, in order: what every node hears sooner or later. */
  final List<Event> events = new ArrayList<>();

  private final Map<Integer, Member> members = new TreeMap<>();
  private final Set<Integer> cut = new HashSet<>();
  private @Nullable Kept snapshot;
  private int epoch;
  private int leader = NOBODY;
  private long nextOffset;
  private boolean electing;

  /** Something that was agreed on. */
  sealed interface Event {
    /** Records that are committed. */
    record Committed(long baseOffset, int epoch, List<Message> records) implements Event {}

    /** A new epoch. */
    record Led(int leader, int epoch, long nextOffset) implements Event {}
  }

  /** A snapshot, and how many events are in it. */
  record Kept(SnapshotId end, List<Message> records, int events) {}

  /** A log whose voters have these ids. Nobody leads before a majority of them has joined. */
  public SharedLog(SimOwners owners, List<Integer> voters) {
    this.owners = owners;
    this.voters = List.copyOf(voters);
    this.random = owners.random("shared-log");
    this.turns = owners.owner("shared-log");
  }

  /**
   * The log as a node has it from now on; what the node had in an earlier life is void.
   *
   * @param turns the owner that the node's quorum lives in; may die with the node
   */
  public MetadataLog join(int nodeId, Turns turns) {
    leave(nodeId);
    Member member = new Member(this, nodeId, turns);
    members.put(nodeId, member);
    return member;
  }

  /** The node is dead: it hears nothing any more, and what it has open as a leader may be lost. */
  public void crash(int nodeId) {
    leave(nodeId);
  }

  /** Cuts a node off from the others. A leader goes on believing that it leads, for a while. */
  public void cut(int nodeId) {
    cut.add(nodeId);
    checkMajority();
  }

  /** Ends a cut. */
  public void heal(int nodeId) {
    if (cut.remove(nodeId)) {
      Member member = members.get(nodeId);
      if (member != null) {
        member.hearMore();
      }
      elect();
    }
  }

  /** Takes leadership from whoever has it; another election follows, which it may win again. */
  public void depose() {
    Member member = members.get(leader);
    leader = NOBODY;
    if (member != null) {
      member.deposed();
    }
    elect();
  }

  /** Deposes the leader again and again, on average once in {@code meanMs} of virtual time. */
  public void deposeEvery(int meanMs) {
    turns.after(
        random.nextInt(2 * meanMs),
        () -> {
          depose();
          deposeEvery(meanMs);
        });
  }

  /** The id of the node that truly leads, whether it has heard of it or not; or {@link #NOBODY}. */
  public int leader() {
    return leader;
  }

  /** The epoch of the last election. */
  public int epoch() {
    return epoch;
  }

  /** The offset behind everything that is committed. */
  public long endOffset() {
    return nextOffset;
  }

  /** Every committed batch of records, in order. */
  public List<List<Message>> committed() {
    List<List<Message>> batches = new ArrayList<>();
    for (Event event : events) {
      if (event instanceof Event.Committed batch) {
        batches.add(batch.records());
      }
    }
    return batches;
  }

  /** Whether the node has heard of everything that is committed. */
  public boolean isCaughtUp(int nodeId) {
    Member member = members.get(nodeId);
    return member != null && member.heard() == events.size();
  }

  boolean isCut(int nodeId) {
    return cut.contains(nodeId);
  }

  boolean leads(Member member, int itsEpoch) {
    return leader == member.id && epoch == itsEpoch && members.get(member.id) == member;
  }

  int commitMs() {
    return random.nextInt(COMMIT_MS_MAX + 1);
  }

  void commit(List<Message> records) {
    tell(new Event.Committed(nextOffset, epoch, records));
    nextOffset += records.size();
  }

  void keep(SnapshotId end, List<Message> records) {
    Kept newest = snapshot;
    if (newest == null || newest.end.offset() < end.offset()) {
      snapshot = new Kept(end, records, eventsBelow(end.offset()));
    }
  }

  /** The snapshot that spares a node which heard {@code events} of them a long way, or null. */
  @Nullable Kept shortcut(int heard) {
    Kept newest = snapshot;
    boolean far = newest != null && (heard == 0 || newest.events - heard > SNAPSHOT_LAG);
    return far && random.nextBoolean() ? newest : null;
  }

  /** The last epoch that began within the first {@code heard} events, or null. */
  Event.@Nullable Led lastLed(int heard) {
    for (int i = heard - 1; i >= 0; i--) {
      if (events.get(i) instanceof Event.Led led) {
        return led;
      }
    }
    return null;
  }

  boolean isLatest(Event.Led led) {
    return led.epoch() == epoch;
  }

  void leave(int nodeId) {
    Member member = members.remove(nodeId);
    if (member == null) {
      return;
    }
    if (nodeId == leader) {
      leader = NOBODY;
      member.deposed();
    }
    member.end();
    checkMajority();
  }

  /** A leader without a majority, or without a connection to it, leads no more. */
  private void checkMajority() {
    if (leader != NOBODY && (isCut(leader) || !isMajority(able()))) {
      depose();
    } else {
      elect();
    }
  }

  void left(Member member) {
    if (members.get(member.id) == member) {
      leave(member.id);
    }
  }

  /** Someone opened its log: a majority may be there now. */
  void opened() {
    elect();
  }

  private int eventsBelow(long offset) {
    int count = 0;
    for (Event event : events) {
      if (event instanceof Event.Committed batch && batch.baseOffset() >= offset) {
        break;
      }
      count++;
    }
    return count;
  }

  private void tell(Event event) {
    events.add(event);
    members.values().forEach(Member::hearMore);
  }

  private void elect() {
    if (!electing && leader == NOBODY) {
      electing = true;
      int first = voters.size() == 1 || epoch == 0 ? 0 : ELECTION_MS_MIN;
      turns.after(random.nextInt(first, ELECTION_MS_MAX), this::elected);
    }
  }

  private void elected() {
    electing = false;
    List<Integer> able = able();
    if (leader != NOBODY || !isMajority(able)) {
      return; // whoever comes next begins another election
    }
    leader = able.get(random.nextInt(able.size()));
    epoch++;
    nextOffset++; // the place of the record with which an epoch begins
    tell(new Event.Led(leader, epoch, nextOffset));
  }

  /** Voters that are alive and not cut off. */
  private List<Integer> able() {
    return voters.stream().filter(id -> isOpen(id) && !isCut(id)).toList();
  }

  private boolean isMajority(List<Integer> ids) {
    return ids.size() > voters.size() / 2;
  }

  private boolean isOpen(int id) {
    Member member = members.get(id);
    return member != null && member.isOpen();
  }
}
