package dev.millrace.quorum.control;

/**
 * What the active controller knows of brokers from their heartbeats alone; nothing of it is in the
 * metadata log. Read within a decision.
 */
public interface Liveness {
  /** Nobody was heard of. */
  Liveness NONE =
      new Liveness() {
        @Override
        public boolean isAlive(int brokerId, long brokerEpoch) {
          return false;
        }

        @Override
        public boolean isBeating(int brokerId, long brokerEpoch) {
          return false;
        }

        @Override
        public long appliedOffset(int brokerId) {
          return Long.MAX_VALUE;
        }

        @Override
        public long relievedOffset(int brokerId) {
          return -1;
        }
      };

  /**
   * Whether the process that registered with this epoch was heard of within the session timeout.
   */
  boolean isAlive(int brokerId, long brokerEpoch);

  /**
   * Whether it was heard of so lately that it must be running: its connection stands, and no
   * heartbeat is overdue.
   */
  boolean isBeating(int brokerId, long brokerEpoch);

  /**
   * The last offset of the metadata log that the broker acts on: -1 while it was not heard of,
   * {@link Long#MAX_VALUE} when it sends no heartbeats at all.
   */
  long appliedOffset(int brokerId);

  /** The offset at which a broker in controlled shutdown led nothing any more; -1 before. */
  long relievedOffset(int brokerId);
}
