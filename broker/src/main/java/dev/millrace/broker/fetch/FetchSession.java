package dev.millrace.broker.fetch;

import dev.millrace.base.turns.Turns;
import dev.millrace.wire.ErrorCode;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The partitions that one client fetches again and again (KIP-227), in the order in which they are
 * served: those that had data go to the end.
 *
 * <p>One request at a time works in a session, from {@link #begin} to {@link #end}; that request
 * alone touches the targets. One that waits for records makes room for the next: a follower that
 * takes in another partition need not wait until there is something for those it has. Safe for any
 * thread.
 */
final class FetchSession {
  private static final int FIRST_EPOCH = 1;

  private final int id;
  private final boolean byTopicId;
  private final long createdMs;
  private final LinkedHashMap<FetchTarget, FetchTarget> targets;
  private int expectedEpoch = FIRST_EPOCH;
  private boolean inWork;
  private @Nullable Interrupt interrupt;
  private boolean closed;
  private volatile long usedMs;
  private volatile int size;

  /**
   * A session whose first answer is on its way.
   *
   * @param byTopicId whether the client names topics by id (version 13 and later)
   * @param createdMs monotonic milliseconds
   */
  FetchSession(int id, boolean byTopicId, long createdMs, Collection<FetchTarget> targets) {
    this.id = id;
    this.byTopicId = byTopicId;
    this.createdMs = createdMs;
    this.usedMs = createdMs;
    this.targets = new LinkedHashMap<>(targets.size() * 2);
    for (FetchTarget target : targets) {
      this.targets.put(target, target);
    }
    this.size = this.targets.size();
  }

  int id() {
    return id;
  }

  long createdMs() {
    return createdMs;
  }

  /** When a request last worked in it, monotonic milliseconds. */
  long usedMs() {
    return usedMs;
  }

  /** Number of partitions. */
  int size() {
    return size;
  }

  /** How a request that waits is brought to its end, in turns of its loop. */
  private record Interrupt(Turns loop, Runnable finish) {}

  /**
   * Takes the session for one request and applies what the request changes.
   *
   * @return {@link ErrorCode#NONE}, or why the request is refused; then nothing changed
   */
  synchronized ErrorCode begin(FetchQuery query, long nowMs) {
    if (closed) {
      return ErrorCode.FETCH_SESSION_ID_NOT_FOUND;
    }
    if (query.byTopicId() != byTopicId) {
      return ErrorCode.FETCH_SESSION_TOPIC_ID_ERROR;
    }
    if (inWork && query.sessionEpoch() == expectedEpoch) {
      interrupt();
    }
    if (inWork || query.sessionEpoch() != expectedEpoch) {
      return ErrorCode.INVALID_FETCH_SESSION_EPOCH;
    }
    for (FetchTarget target : query.targets()) {
      FetchTarget known = targets.putIfAbsent(target, target);
      if (known != null) {
        known.want(target.wanted());
      }
    }
    query.forgotten().forEach(targets::remove);
    expectedEpoch = expectedEpoch == Integer.MAX_VALUE ? FIRST_EPOCH : expectedEpoch + 1;
    inWork = true;
    usedMs = nowMs;
    size = targets.size();
    return ErrorCode.NONE;
  }

  private void interrupt() {
    Interrupt waiting = interrupt;
    if (waiting != null && waiting.loop.inTurn()) {
      waiting.finish.run();
    }
  }

  /** The request that has begun waits; {@code finish} ends it, in turns of {@code loop}. */
  synchronized void waits(Turns loop, Runnable finish) {
    interrupt = new Interrupt(loop, finish);
  }

  /** Says which epoch the next request must carry. */
  synchronized void expectEpoch(int epoch) {
    expectedEpoch = epoch;
  }

  /** The partitions in serving order; only for the request that has begun. */
  Collection<FetchTarget> targets() {
    return targets.values();
  }

  /** Gives the session back; {@code served} had data and go to the end of the order. */
  synchronized void end(List<FetchTarget> served) {
    for (FetchTarget target : served) {
      targets.putLast(target, target);
    }
    inWork = false;
    interrupt = null;
  }

  /** Ends the session; a request that is in work finishes. */
  synchronized void close() {
    closed = true;
  }
}
