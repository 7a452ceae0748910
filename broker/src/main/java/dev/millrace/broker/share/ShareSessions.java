package dev.millrace.broker.share;

import dev.millrace.wire.ErrorCode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The share sessions of this node. When there are too many, no more are opened. A session ends with
 * the request that closes it or with its connection, and its member's records go back to the group.
 * Safe for any thread.
 */
final class ShareSessions {
  /** Most partitions in all sessions together. */
  static final long PARTITIONS_MAX = 2_000_000;

  private final Supplier<Integer> sessionsMax;
  private final SharedPartitions shared;
  private final Map<ShareSession.Id, ShareSession> sessions = new HashMap<>();
  private final Map<Long, Set<ShareSession>> byConnection = new HashMap<>();
  private final Map<String, Integer> groups = new HashMap<>();
  private long partitions;

  /**
   * @param sessionsMax {@code group.share.max.share.sessions}
   */
  ShareSessions(Supplier<Integer> sessionsMax, SharedPartitions shared) {
    this.sessionsMax = sessionsMax;
    this.shared = shared;
  }

  /** A session, or why there is none. */
  record Found(@Nullable ShareSession session, ErrorCode error) {}

  /** Opens a session; one that the member had before ends. Null when there are too many. */
  @Nullable ShareSession open(ShareSession.Id id, long connectionId) {
    end(find(id));
    ShareSession session = new ShareSession(id, connectionId);
    boolean first;
    synchronized (this) {
      if (sessions.size() >= sessionsMax.get() || sessions.containsKey(id)) {
        return null;
      }
      sessions.put(id, session);
      byConnection.computeIfAbsent(connectionId, _ -> new HashSet<>()).add(session);
      first = groups.merge(id.groupId(), 1, Integer::sum) == 1;
    }
    if (first) {
      shared.groupCame(id.groupId());
    }
    return session;
  }

  /** Finds the session of a request that is not its first. */
  Found next(ShareSession.Id id, int epoch) {
    ShareSession session = find(id);
    if (session == null) {
      return new Found(null, ErrorCode.SHARE_SESSION_NOT_FOUND);
    }
    ErrorCode error = epoch == ShareSession.FINAL ? ErrorCode.NONE : session.next(epoch);
    return new Found(error == ErrorCode.NONE ? session : null, error);
  }

  private synchronized @Nullable ShareSession find(ShareSession.Id id) {
    return sessions.get(id);
  }

  /** Partitions come into a session and go; false when all sessions together have too many. */
  boolean change(ShareSession session, List<Place> added, List<Place> forgotten) {
    synchronized (this) {
      if (partitions + added.size() <= PARTITIONS_MAX) {
        partitions += session.change(added, forgotten);
        return true;
      }
    }
    end(session);
    return false;
  }

  /** Ends a session: what its member has goes back to the group. */
  void end(@Nullable ShareSession session) {
    if (session == null) {
      return;
    }
    boolean last;
    synchronized (this) {
      if (!sessions.remove(session.id(), session)) {
        return;
      }
      partitions -= session.size();
      Set<ShareSession> beside = byConnection.get(session.connectionId());
      if (beside != null && beside.remove(session) && beside.isEmpty()) {
        byConnection.remove(session.connectionId());
      }
      last = groups.merge(session.id().groupId(), -1, (a, b) -> a + b == 0 ? null : a + b) == null;
    }
    giveBack(session, session.close());
    if (last) {
      shared.groupLeft(session.id().groupId());
    }
  }

  /** Gives back what the member of a session has of some partitions. */
  void giveBack(ShareSession session, List<Place> places) {
    ShareSession.Id id = session.id();
    for (Place place : places) {
      SharedPartition partition = shared.find(place.of(id.groupId()));
      if (partition != null) {
        partition.release(id.memberId(), shared.parts().rules().of(id.groupId()).limits());
      }
    }
  }

  /** A connection is gone, and its sessions with it. */
  void disconnected(long connectionId) {
    List<ShareSession> lost;
    synchronized (this) {
      lost = List.copyOf(byConnection.getOrDefault(connectionId, Set.of()));
    }
    lost.forEach(this::end);
  }

  synchronized int size() {
    return sessions.size();
  }
}
