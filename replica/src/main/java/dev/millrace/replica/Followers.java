package dev.millrace.replica;

import dev.millrace.base.time.Clock;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.replica.InSyncChanges.Answer;
import dev.millrace.replica.InSyncChanges.Member;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The copies on other nodes in one leader epoch, the in-sync set, and the proposal to change it
 * that is on its way. Guarded by the partition's lock.
 *
 * <p>The high watermark is the smallest durable end over the <em>maximal</em> in-sync set: what the
 * metadata has, and whoever is proposed, for the controller may have accepted already. Followers
 * that had everything lately and may join hold it back too, or they could never reach it.
 */
final class Followers {
  /** The high watermark stays where it is. */
  static final long NOWHERE = -1;

  /** So long no new proposal follows one that was refused, ms. */
  private static final long REFUSED_MS = 200;

  /** From when a follower has caught up until it may join the in-sync set. */
  private static final long SETTLE_MS = 500;

  private static final byte RECOVERING = 1;

  private final PartitionId partition;

  private final Rules rules;
  private final int leaderEpoch;
  private Follower[] all = {};
  private List<Integer> inSync = List.of();
  private int partitionEpoch = -1;
  private int copies;
  private boolean recovering;
  private @Nullable Pending pending;
  private long refusedMs;

  /**
   * What followers are measured by.
   *
   * @param self id of this node
   * @param lagMaxMs {@code replica.lag.time.max.ms}
   * @param silentMs so long a follower may hold appends up without asking
   * @param candidates which brokers may be in sync
   */
  record Rules(int self, Clock clock, long lagMaxMs, long silentMs, Candidates candidates) {}

  /** Which brokers may join an in-sync set. Safe for any thread. */
  @FunctionalInterface
  interface Candidates {
    /** Whether the broker lives, in this epoch of its own, and does not stop. */
    boolean mayJoin(int broker, long brokerEpoch);
  }

  Followers(PartitionId partition, Rules rules, int leaderEpoch) {
    this.partition = partition;
    this.rules = rules;
    this.leaderEpoch = leaderEpoch;
    this.refusedMs = rules.clock.monotonicMs() - REFUSED_MS;
  }

  /** Takes over the state of the partition; an older one than is known changes nothing. */
  void apply(PartitionImage image) {
    if (image.partitionEpoch() < partitionEpoch) {
      return;
    }
    long nowMs = rules.clock.monotonicMs();
    List<Follower> next = new ArrayList<>();
    for (int broker : image.replicas()) {
      Follower known = find(broker);
      if (known != null) {
        next.add(known);
      } else if (broker != rules.self) {
        boolean trusted = image.isr().contains(broker);
        next.add(new Follower(broker, trusted ? nowMs : nowMs - rules.lagMaxMs - 1));
      }
    }
    all = next.toArray(Follower[]::new);
    copies = image.replicas().size();
    recovering = image.recovery() == RECOVERING;
    inSync(image.partitionEpoch(), image.isr());
  }

  /** The follower on a broker; null when it has no copy. */
  @Nullable Follower find(int broker) {
    for (Follower follower : all) {
      if (follower.broker == broker) {
        return follower;
      }
    }
    return null;
  }

  /** Whether the metadata has a broker's copy in sync. */
  boolean isInSync(int broker) {
    return inSync.contains(broker);
  }

  /** A follower asks, and has everything below the offset from which it does. */
  void fetched(Follower follower, FollowerFetch fetch, long leaderEnd) {
    long nowMs = rules.clock.monotonicMs();
    follower.noRoom(fetch.hasNoRoom());
    follower.fetched(
        fetch.query().offset(), fetch.logStartOffset(), fetch.brokerEpoch(), leaderEnd, nowMs);
  }

  /** Number of copies in the in-sync set of the metadata, the leader's among them. */
  int inSyncCount() {
    return inSync.size();
  }

  int copies() {
    return copies;
  }

  /**
   * How far every copy that counts has everything.
   *
   * @param ownEnd the durable end of the leader's log
   */
  long commonEnd(long ownEnd, long leaderEnd) {
    long end = ownEnd;
    for (Follower follower : all) {
      if (follower.endOffset() < end && (follower.counts || isJoining(follower, leaderEnd))) {
        end = follower.endOffset();
      }
    }
    return end;
  }

  /** The smallest log start over the copies whose brokers live; {@link #NOWHERE} when not known. */
  long lowWatermark(long ownStart) {
    long low = ownStart;
    for (Follower follower : all) {
      if (follower.counts || rules.candidates.mayJoin(follower.broker, follower.brokerEpoch())) {
        low = Math.min(low, follower.startOffset());
      }
    }
    return low;
  }

  /** The broker whose copy is furthest of those that have an offset; {@link #NOWHERE} if none. */
  int furthest(long offset, IntPredicate brokers) {
    Follower best = null;
    for (Follower follower : all) {
      boolean has = follower.startOffset() <= offset && offset <= follower.endOffset();
      if (has && inSync.contains(follower.broker) && brokers.test(follower.broker)) {
        best = best == null || follower.endOffset() > best.endOffset() ? follower : best;
      }
    }
    return best == null ? (int) NOWHERE : best.broker;
  }

  /**
   * Proposes a follower that has just asked, when it has reached the high watermark and something
   * of this leader epoch (KIP-320).
   *
   * <p>One that has just caught up waits a moment, in which it holds nothing back: a process that
   * was just started is slow in what it does for the first time, and appends would wait for it.
   * Unless too few copies are in sync without it.
   *
   * @param from both of these offsets
   * @param atLeast so many copies are to be in sync for appends
   * @return null when there is nothing to propose
   */
  @Nullable Pending growth(Follower follower, long from, int atLeast) {
    boolean mayJoin = !inSync.contains(follower.broker) && mayJoin(follower, from);
    boolean isUrgent = inSync.size() < atLeast;
    if (pending != null
        || !mayJoin
        || !(isUrgent || isSettled(follower))
        || rules.clock.monotonicMs() - refusedMs < REFUSED_MS) {
      return null;
    }
    List<Integer> wanted = new ArrayList<>(inSync);
    wanted.add(follower.broker);
    return propose(wanted);
  }

  /** After an unclean election proposes what there is, as recovered; null when nothing is to do. */
  @Nullable Pending recovery() {
    return recovering && pending == null ? propose(inSync) : null;
  }

  /** Proposes the in-sync set without those that were left behind for too long; null when none. */
  @Nullable Pending shrinking(long leaderEnd) {
    if (pending != null) {
      return null;
    }
    long nowMs = rules.clock.monotonicMs();
    List<Integer> wanted = new ArrayList<>(inSync);
    for (Follower follower : all) {
      if (!follower.isCaughtUp(leaderEnd, nowMs, rules.lagMaxMs)) {
        wanted.removeIf(broker -> broker == follower.broker);
      }
    }
    return wanted.size() == inSync.size() ? null : propose(wanted);
  }

  /**
   * Proposes the in-sync set without those that hold appends up and will for long: their disks are
   * full, or nothing is heard of them. The leader alone can know that of a link that is cut, or of
   * a copy. As long as enough copies are left; else nobody would be helped.
   *
   * @param atLeast so many copies stay in sync
   * @return null when there is nothing to propose
   */
  @Nullable Pending relief(long leaderEnd, int atLeast) {
    if (pending != null) {
      return null;
    }
    long nowMs = rules.clock.monotonicMs();
    List<Integer> wanted = new ArrayList<>(inSync);
    for (Follower follower : all) {
      boolean isInTheWay =
          (follower.hasNoRoom() && follower.endOffset() < leaderEnd)
              || follower.isSilent(leaderEnd, nowMs, rules.silentMs);
      if (isInTheWay && wanted.size() > Math.max(Math.min(atLeast, copies), 1)) {
        wanted.removeIf(broker -> broker == follower.broker);
      }
    }
    return wanted.size() == inSync.size() ? null : propose(wanted);
  }

  /**
   * Proposes the in-sync set without this leader, so that another one leads: its disk is full. As
   * long as enough copies are left.
   *
   * @param atLeast so many copies stay in sync
   * @return null when there is nothing to propose
   */
  @Nullable Pending resignation(int atLeast) {
    if (pending != null || rules.clock.monotonicMs() - refusedMs < REFUSED_MS) {
      return null;
    }
    List<Integer> others = inSync.stream().filter(broker -> broker != rules.self).toList();
    return others.size() < Math.max(Math.min(atLeast, copies), 1) ? null : propose(others);
  }

  /** Takes the answer to a proposal; one that is not waited for changes nothing. */
  void answered(Pending proposal, Answer answer) {
    if (proposal != pending) {
      return;
    }
    switch (answer) {
      case Answer.Accepted accepted -> inSync(accepted.partitionEpoch(), accepted.inSync());
      case Answer.Refused _ -> {
        refusedMs = rules.clock.monotonicMs();
        settle();
        count();
      }
      case Answer.Superseded _ -> {}
    }
  }

  /** Withdraws what is proposed: the leadership is over. */
  void close() {
    settle();
  }

  private void inSync(int epoch, List<Integer> members) {
    if (pending != null && epoch > pending.partitionEpoch) {
      settle();
    }
    if (epoch >= partitionEpoch) {
      partitionEpoch = epoch;
      inSync = members;
    }
    count();
  }

  private void settle() {
    if (pending != null) {
      pending.withdrawn = true;
      pending = null;
    }
  }

  private void count() {
    for (Follower follower : all) {
      follower.counts =
          inSync.contains(follower.broker) || (pending != null && pending.has(follower.broker));
    }
  }

  private boolean isJoining(Follower follower, long leaderEnd) {
    long nowMs = rules.clock.monotonicMs();
    return follower.endOffset() != Follower.UNKNOWN
        && !follower.hasNoRoom()
        && !follower.isSilent(leaderEnd, nowMs, rules.silentMs)
        && follower.isCaughtUp(leaderEnd, nowMs, rules.lagMaxMs)
        && isSettled(follower)
        && rules.candidates.mayJoin(follower.broker, follower.brokerEpoch());
  }

  private boolean isSettled(Follower follower) {
    return follower.isSettled(rules.clock.monotonicMs(), SETTLE_MS);
  }

  private boolean mayJoin(Follower follower, long from) {
    return follower.endOffset() >= from
        && !follower.hasNoRoom()
        && rules.candidates.mayJoin(follower.broker, follower.brokerEpoch());
  }

  private Pending propose(List<Integer> wanted) {
    List<Member> members = new ArrayList<>(wanted.size());
    for (int broker : wanted) {
      Follower follower = find(broker);
      members.add(new Member(broker, follower == null ? Follower.UNKNOWN : follower.brokerEpoch()));
    }
    pending = new Pending(partition, leaderEpoch, partitionEpoch, List.copyOf(members));
    count();
    return pending;
  }

  /** A proposal on its way. */
  static final class Pending implements InSyncChanges.Proposal {
    private final PartitionId partition;
    private final int leaderEpoch;
    private final int partitionEpoch;
    private final List<Member> members;
    private volatile boolean withdrawn;

    Pending(PartitionId partition, int leaderEpoch, int partitionEpoch, List<Member> members) {
      this.partition = partition;
      this.leaderEpoch = leaderEpoch;
      this.partitionEpoch = partitionEpoch;
      this.members = members;
    }

    @Override
    public PartitionId partition() {
      return partition;
    }

    @Override
    public int leaderEpoch() {
      return leaderEpoch;
    }

    @Override
    public int partitionEpoch() {
      return partitionEpoch;
    }

    @Override
    public List<Member> members() {
      return members;
    }

    @Override
    public boolean isWithdrawn() {
      return withdrawn;
    }

    private boolean has(int broker) {
      return members.stream().anyMatch(member -> member.broker() == broker);
    }
  }
}
