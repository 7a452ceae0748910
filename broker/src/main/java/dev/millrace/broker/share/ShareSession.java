package dev.millrace.broker.share;

import dev.millrace.wire.ErrorCode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * What one member fetches from this node. Requests carry epochs that count up, so that one that was
 * lost or came twice is noticed. Safe for any thread.
 */
final class ShareSession {
  /** The epoch that opens a session. */
  static final int INITIAL = 0;

  /** The epoch that closes a session. */
  static final int FINAL = -1;

  private final Id id;
  private final long connectionId;
  private final Map<Place, Boolean> told = new LinkedHashMap<>();
  private final TreeSet<Place> held = new TreeSet<>();
  private int epoch = 1;
  private boolean closed;

  /** Whose session. */
  record Id(String groupId, String memberId) {}

  /**
   * @param connectionId of the connection that opened it, with which it ends
   */
  ShareSession(Id id, long connectionId) {
    this.id = id;
    this.connectionId = connectionId;
  }

  Id id() {
    return id;
  }

  long connectionId() {
    return connectionId;
  }

  /** Takes the next request's epoch. */
  synchronized ErrorCode next(int requestEpoch) {
    if (closed) {
      return ErrorCode.SHARE_SESSION_NOT_FOUND;
    }
    if (requestEpoch != epoch) {
      return ErrorCode.INVALID_SHARE_SESSION_EPOCH;
    }
    epoch = epoch == Integer.MAX_VALUE ? 1 : epoch + 1;
    return ErrorCode.NONE;
  }

  /** Partitions come and go; returns how many more there are than before. */
  synchronized int change(Collection<Place> added, Collection<Place> forgotten) {
    int before = told.size();
    added.forEach(place -> told.putIfAbsent(place, false));
    forgotten.forEach(told::remove);
    return told.size() - before;
  }

  synchronized int size() {
    return told.size();
  }

  /** The partitions to fetch, beginning with another one each time. */
  synchronized List<Place> places() {
    List<Place> places = new ArrayList<>(told.keySet());
    if (places.size() > 1) {
      Collections.rotate(places, -(epoch % places.size()));
    }
    return places;
  }

  /** Whether the client was never told anything of a partition; from now on it was. */
  synchronized boolean isFirstTold(Place place) {
    return Boolean.FALSE.equals(told.replace(place, true));
  }

  /**
   * Notes that the member has records of a partition.
   *
   * @return false when the session is over: nobody will give them back
   */
  synchronized boolean hold(Place place) {
    held.add(place);
    return !closed;
  }

  /** Ends it; returns the partitions of which the member may have records. */
  synchronized List<Place> close() {
    closed = true;
    return List.copyOf(held);
  }
}
