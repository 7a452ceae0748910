package dev.millrace.replica.follow;

/** The follower's side of a fetch session (KIP-227). Belongs to the fetchers' owner. */
final class FetchSession {
  private static final int NONE = 0;
  private static final int FIRST_EPOCH = 1;

  private int id;
  private int epoch;

  int id() {
    return id;
  }

  /** Of the next request; zero asks for a new session. */
  int epoch() {
    return epoch;
  }

  /** Whether the leader knows what was asked before. */
  boolean isOpen() {
    return id != NONE;
  }

  /** A request with {@link #epoch} has left. */
  void asked() {
    epoch = epoch == Integer.MAX_VALUE ? FIRST_EPOCH : epoch + 1;
  }

  /** An answer came; the leader may refuse a session, or end it. */
  void answered(int sessionId) {
    id = sessionId;
    if (id == NONE) {
      epoch = 0;
    }
  }

  /** It is not known what the leader knows: the next request begins anew. */
  void forget() {
    id = NONE;
    epoch = 0;
  }
}
