package dev.millrace.replica;

import dev.millrace.log.PartitionLog;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.replica.InSyncChanges.Answer;
import dev.millrace.wire.ErrorCode;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The part that this node's copy plays among the copies of its partition: it leads, and knows its
 * followers, or follows a leader, or stands still. From that follows how far the high watermark may
 * move, and when appends are committed.
 *
 * <p>Guarded by the partition's lock, which it takes where it does not say otherwise; {@link
 * #leadership} is read by anyone. Changes of the part come from one owner.
 */
final class Role {
  private final Partition partition;
  private final Partition.Node node;
  private final HighWatermark watermark;
  private final CommitWaits commits = new CommitWaits();
  private final CommitWaits trims = new CommitWaits();
  private volatile Leadership leadership = Leadership.NONE;
  private volatile @Nullable Following following;
  private @Nullable Followers followers;

  Role(Partition partition, Partition.Node node, HighWatermark watermark) {
    this.partition = partition;
    this.node = node;
    this.watermark = watermark;
  }

  Leadership leadership() {
    return leadership;
  }

  private PartitionLog log() {
    return partition.log();
  }

  /** Why this copy gives nothing to consumers, also as a follower; see {@link Leadership#error}. */
  ErrorCode copyError(int known) {
    ErrorCode error = leadership.error(known);
    boolean isCopy = error == ErrorCode.NOT_LEADER_OR_FOLLOWER && following != null;
    return isCopy ? ErrorCode.NONE : error;
  }

  /**
   * The follower in sync that is furthest of those that have an offset and are on one of these
   * brokers; {@link Followers#NOWHERE} when there is none.
   */
  int furthest(long offset, IntPredicate brokers) {
    synchronized (partition) {
      return followers == null || !leadership.leads()
          ? (int) Followers.NOWHERE
          : followers.furthest(offset, brokers);
    }
  }

  /** Whether the copy on a broker is in sync, as far as this leader knows. */
  boolean isInSync(int broker) {
    synchronized (partition) {
      return followers != null && followers.isInSync(broker);
    }
  }

  /** How this copy follows a leader; null when it does not. */
  @Nullable Following following() {
    return following;
  }

  /** Whether records come in here, from producers or from a leader. */
  boolean isServed() {
    return leadership.leads() || following != null;
  }

  /**
   * Takes over what the metadata says: leads, follows, or stands still because nobody leads.
   *
   * @param self id of this node
   * @return the leader to copy from now on; null when that is as before, or there is none
   */
  @Nullable Following assign(PartitionImage image, int self) {
    if (image.leaderEpoch() < leadership.epoch()) {
      return null;
    }
    if (image.leader() == self) {
      lead(image);
      return null;
    }
    boolean trusted = image.isr().contains(self) || image.eligible().contains(self);
    return follow(image, new Following.Standing(trusted, image.isAdding(self)));
  }

  private void lead(PartitionImage image) {
    stopFollowing();
    Followers.Pending proposal = null;
    synchronized (partition) {
      int epoch = image.leaderEpoch();
      boolean isNew = epoch > leadership.epoch() || !leadership.leads();
      long start = isNew ? log().startEpoch(epoch) : leadership.startOffset();
      Followers known = followers(image, isNew);
      int inSync = known == null ? image.isr().size() : known.inSyncCount();
      leadership = new Leadership(log().status(), epoch, start, inSync, image.replicas().size());
      raise();
      if (known != null) {
        proposal = known.recovery();
      }
    }
    settleCommitted();
    propose(proposal);
    log().requestSync();
  }

  private @Nullable Followers followers(PartitionImage image, boolean isNew) {
    Followers known = isNew ? null : followers;
    if (known == null && image.replicas().size() > 1) {
      known = new Followers(partition.id(), node.rules(), image.leaderEpoch());
    }
    if (known != null) {
      known.apply(image);
    }
    if (followers != null && followers != known) {
      followers.close();
    }
    followers = known;
    return known;
  }

  private @Nullable Following follow(PartitionImage image, Following.Standing standing) {
    Following before = following;
    if (before != null
        && before.leader() == image.leader()
        && before.leaderEpoch() == image.leaderEpoch()) {
      before.standing(standing);
      return null;
    }
    refuse(Leadership.following(image.leaderEpoch()));
    if (!image.hasLeader() || log().status() != ErrorCode.NONE) {
      return null;
    }
    log().forgetEmptyEpochs();
    Following next = new Following(partition, image.leader(), image.leaderEpoch());
    next.standing(standing);
    following = next;
    return next;
  }

  /** Leads and follows no more; whoever waits is sent away. */
  void refuse(ErrorCode error) {
    refuse(leadership.refusing(error));
  }

  private void refuse(Leadership next) {
    stopFollowing();
    synchronized (partition) {
      leadership = next;
      if (followers != null) {
        followers.close();
        followers = null;
      }
      watermark.disturb();
    }
    CommitWaits.Wait lost = pollFailed(next.refusal());
    while (lost != null) {
      lost.settle();
      lost = pollFailed(next.refusal());
    }
  }

  private void stopFollowing() {
    Following before = following;
    if (before != null) {
      before.end();
      Runnable waiting;
      synchronized (partition) {
        following = null;
        waiting = before.pollDurable(Long.MAX_VALUE);
      }
      if (waiting != null) {
        waiting.run();
      }
    }
  }

  private CommitWaits.@Nullable Wait pollFailed(ErrorCode error) {
    synchronized (partition) {
      CommitWaits.Wait append = commits.pollFailed(error);
      return append != null ? append : trims.pollFailed(error);
    }
  }

  /** The log's durable end moved. */
  void durable() {
    Runnable waiting;
    synchronized (partition) {
      raise();
      Following copied = following;
      waiting = copied == null ? null : copied.pollDurable(partition.durableEnd());
    }
    if (waiting != null) {
      waiting.run();
    }
    settleCommitted();
  }

  /** Looks for followers that were left behind, and for those that hold nothing back any more. */
  void reviewFollowers() {
    Followers.Pending proposal;
    synchronized (partition) {
      if (followers == null || !leadership.leads()) {
        return;
      }
      raise();
      proposal = followers.shrinking(log().endOffset());
      if (proposal == null) {
        proposal = followers.recovery();
      }
    }
    settleCommitted();
    propose(proposal);
  }

  /** Looks for followers that hold up appends which somebody waits for. */
  void reviewWaiting() {
    Followers.Pending proposal;
    synchronized (partition) {
      if (followers == null || commits.size() == 0 || !leadership.leads()) {
        return;
      }
      proposal = followers.relief(log().endOffset(), partition.settings().inSyncMin());
    }
    propose(proposal);
  }

  /** This leader has no room for an append: another copy in sync shall lead, if there is one. */
  void resign() {
    Followers.Pending proposal;
    synchronized (partition) {
      if (followers == null || !leadership.leads()) {
        return;
      }
      proposal = followers.resignation(partition.settings().inSyncMin());
    }
    propose(proposal);
  }

  /** Takes note of how far a follower is; commits what that commits. */
  ErrorCode note(FollowerFetch fetch) {
    Followers.Pending proposal;
    synchronized (partition) {
      Follower follower = followers == null ? null : followers.find(fetch.broker());
      if (!leadership.leads()
          || leadership.epoch() != fetch.query().currentLeaderEpoch()
          || followers == null
          || follower == null) {
        // it knows of an assignment that is not known here yet, or the other way round
        return ErrorCode.NOT_LEADER_OR_FOLLOWER;
      }
      if (fetch.brokerEpoch() < follower.brokerEpoch()) {
        return ErrorCode.STALE_BROKER_EPOCH;
      }
      long offset = fetch.query().offset();
      if (offset < log().startOffset() || offset > log().endOffset()) {
        return ErrorCode.OFFSET_OUT_OF_RANGE;
      }
      followers.fetched(follower, fetch, log().endOffset());
      raise();
      proposal =
          fetch.hasNoRoom()
              ? followers.relief(log().endOffset(), partition.settings().inSyncMin())
              : followers.growth(
                  follower,
                  Math.max(watermark.offset(), leadership.startOffset()),
                  partition.settings().inSyncMin());
    }
    settleCommitted();
    propose(proposal);
    return ErrorCode.NONE;
  }

  /**
   * Has {@code listener} told when the high watermark is at {@code endOffset}, or can't get there.
   * It may be told before this returns.
   *
   * @return a place that can be given up
   */
  Waiting whenCommitted(long endOffset, CommitListener listener) {
    CommitWaits.Wait wait = new CommitWaits.Wait(endOffset, listener);
    ErrorCode refusal;
    synchronized (partition) {
      refusal = leadership.refusal();
      if (refusal == ErrorCode.NONE && watermark.offset() < endOffset) {
        commits.add(wait);
        return () -> leave(wait);
      }
    }
    listener.settled(refusal);
    return () -> {};
  }

  private void leave(CommitWaits.Wait wait) {
    synchronized (partition) {
      commits.remove(wait);
    }
  }

  /** Has {@code listener} told when every copy that lives begins at this offset or later. */
  Waiting whenTrimmed(long offset, CommitListener listener) {
    CommitWaits.Wait wait = new CommitWaits.Wait(offset, listener);
    ErrorCode refusal;
    synchronized (partition) {
      refusal = leadership.refusal();
      if (refusal == ErrorCode.NONE && lowWatermark() < offset) {
        trims.add(wait);
        return () -> leaveTrims(wait);
      }
    }
    listener.settled(refusal);
    return () -> {};
  }

  private void leaveTrims(CommitWaits.Wait wait) {
    synchronized (partition) {
      trims.remove(wait);
    }
  }

  private long lowWatermark() {
    long start = log().startOffset();
    return followers == null ? start : followers.lowWatermark(start);
  }

  /** Learns the high watermark of the leader that is followed. */
  void learn(Following from, long leaderHighWatermark) {
    synchronized (partition) {
      if (from == following) {
        from.heard(leaderHighWatermark);
        raise();
      }
    }
  }

  /** Has {@code task} wait for the durable end to be the log end; false when it is there. */
  boolean awaitDurable(Following from, Runnable task) {
    synchronized (partition) {
      long end = log().endOffset();
      if (from != following || from.isOver() || partition.durableEnd() >= end) {
        return false;
      }
      from.await(end, task);
      return true;
    }
  }

  private void propose(Followers.@Nullable Pending proposal) {
    if (proposal != null) {
      node.inSyncChanges().propose(proposal, answer -> answered(proposal, answer));
    }
  }

  private void answered(Followers.Pending proposal, Answer answer) {
    synchronized (partition) {
      if (followers == null) {
        return;
      }
      followers.answered(proposal, answer);
      leadership = leadership.withInSync(followers.inSyncCount());
      raise();
    }
    settleCommitted();
  }

  /** Moves the high watermark as far as it may. The partition's lock is held. */
  void raise() {
    Following copied = following;
    if (copied != null) {
      watermark.raise(Math.min(copied.leaderHighWatermark(), partition.durableEnd()));
    } else if (leadership.leads() && followers == null) {
      watermark.raise(partition.durableEnd());
    } else if (leadership.leads() && followers != null) {
      // too few copies could not keep what is told to be committed (KIP-966)
      boolean frozen = leadership.isBelow(partition.settings().inSyncMin());
      watermark.raise(frozen ? 0 : followers.commonEnd(partition.durableEnd(), log().endOffset()));
    }
  }

  /** Tells appends that are committed, and deletions; the partition's lock is not held. */
  void settleCommitted() {
    CommitWaits.Wait done = pollCommitted();
    while (done != null) {
      done.settle();
      done = pollCommitted();
    }
  }

  private CommitWaits.@Nullable Wait pollCommitted() {
    synchronized (partition) {
      CommitWaits.Wait done = commits.poll(watermark.offset());
      return done != null || trims.size() == 0 ? done : trims.poll(lowWatermark());
    }
  }
}
