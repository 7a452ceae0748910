package dev.millrace.broker.fetch;

import dev.millrace.wire.ErrorCode;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The fetch sessions of this node (KIP-227). A session takes a slot; when all are taken, a new one
 * gets the slot of a session that is idle for {@link #IDLE_MS}, else that of the smallest session
 * which is older than {@link #IDLE_MS} and smaller than the new one, else none: the client then
 * goes on with whole requests. Safe for any thread.
 */
public final class FetchSessions {
  /** A session younger than this, or used within it, keeps its slot. */
  static final long IDLE_MS = 120_000;

  /** Most partitions in all sessions together. */
  static final long PARTITIONS_MAX = 2_000_000;

  private static final int NONE = 0;
  private static final int FINAL_EPOCH = -1;
  private static final int INITIAL_EPOCH = 0;

  private final int slots;
  private final RandomGenerator random;
  private final ConcurrentHashMap<Integer, FetchSession> sessions = new ConcurrentHashMap<>();
  private final AtomicLong partitions = new AtomicLong();

  /**
   * No sessions yet.
   *
   * @param slots most sessions at once ({@code max.incremental.fetch.session.cache.slots})
   * @param random for session ids; used under this object's lock only
   */
  public FetchSessions(int slots, RandomGenerator random) {
    this.slots = slots;
    this.random = random;
  }

  /** Starts the turn of a request; the session it names is joined, left or replaced. */
  FetchTurn begin(FetchQuery query, long nowMs) {
    if (query.sessionEpoch() == FINAL_EPOCH || query.sessionEpoch() == INITIAL_EPOCH) {
      if (query.sessionId() != NONE) {
        close(sessions.get(query.sessionId()));
      }
      @Nullable FetchSessions wanted = query.sessionEpoch() == INITIAL_EPOCH ? this : null;
      return new FetchTurn.Whole(query.targets(), query.byTopicId(), wanted, nowMs);
    }
    FetchSession session = sessions.get(query.sessionId());
    if (session == null) {
      return new FetchTurn.Refused(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
    }
    return join(session, query, nowMs);
  }

  /** A new session over targets that were just told everything; returns its id, or zero. */
  synchronized int create(List<FetchTarget> targets, boolean byTopicId, long nowMs) {
    if (targets.isEmpty() || partitions.get() + targets.size() > PARTITIONS_MAX) {
      return NONE;
    }
    if (sessions.size() >= slots && !evictFor(targets.size(), nowMs)) {
      return NONE;
    }
    int id;
    do {
      id = random.nextInt(1, Integer.MAX_VALUE);
    } while (sessions.containsKey(id));
    FetchSession session = new FetchSession(id, byTopicId, nowMs, targets);
    partitions.addAndGet(session.size());
    sessions.put(id, session);
    return id;
  }

  /** Number of sessions. */
  int size() {
    return sessions.size();
  }

  /** Number of partitions in all sessions. */
  long partitions() {
    return partitions.get();
  }

  private FetchTurn join(FetchSession session, FetchQuery query, long nowMs) {
    int before = session.size();
    if (partitions.get() + query.targets().size() > PARTITIONS_MAX) {
      close(session);
      return new FetchTurn.Refused(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
    }
    ErrorCode error = session.begin(query, nowMs);
    if (error != ErrorCode.NONE) {
      return new FetchTurn.Refused(error);
    }
    partitions.addAndGet(session.size() - before);
    if (session.size() == 0) {
      close(session);
      return new FetchTurn.Whole(List.of(), query.byTopicId(), null, nowMs);
    }
    return new FetchTurn.Changes(session);
  }

  private boolean evictFor(int size, long nowMs) {
    FetchSession oldest = null;
    FetchSession smallest = null;
    for (FetchSession session : sessions.values()) {
      if (oldest == null || session.usedMs() < oldest.usedMs()) {
        oldest = session;
      }
      if (nowMs - session.createdMs() > IDLE_MS
          && (smallest == null || session.size() < smallest.size())) {
        smallest = session;
      }
    }
    if (oldest != null && nowMs - oldest.usedMs() > IDLE_MS) {
      close(oldest);
      return true;
    }
    if (smallest != null && smallest.size() < size) {
      close(smallest);
      return true;
    }
    return false;
  }

  private void close(@Nullable FetchSession session) {
    if (session != null && sessions.remove(session.id(), session)) {
      session.close();
      partitions.addAndGet(-session.size());
    }
  }
}
