package dev.millrace.quorum.control;

import dev.millrace.quorum.image.BrokerImage;
import dev.millrace.quorum.image.ClusterImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of brokers, as the active controller keeps them in memory. Belongs to the
 * controller's owner.
 *
 * <p>Time is counted in ticks of the controller itself, a session being {@link #TICKS} of them:
 * when the controller's own process was stopped, or waited for its disk, that time counts as one
 * tick for everybody, and nobody is fenced for what the controller did not hear while it was deaf.
 */
final class Sessions implements Liveness {
  /** How many ticks a session has. */
  static final int TICKS = 10;

  /**
   * How many ticks are left of a session when its connection is gone: half of one. No broker is
   * fenced for its silence earlier, which is what a leader that is cut off counts on.
   */
  private static final int TICKS_WITHOUT_TOUCH = TICKS / 2;

  private final Map<Integer, Session> byBroker = new TreeMap<>();
  private long now;

  /** What is known of one broker. */
  private static final class Session {
    final long brokerEpoch;
    long heardAt;
    long heardTimes;
    long appliedOffset = -1;
    long relievedOffset = -1;
    long caughtUpAt = -1;

    Session(long brokerEpoch, long heardAt) {
      this.brokerEpoch = brokerEpoch;
      this.heardAt = heardAt;
    }
  }

  /**
   * A new active controller gives every broker a full session.
   *
   * @param exempt a broker that lives and dies with this controller; -1 for none
   */
  void begin(ClusterImage image, int exempt) {
    byBroker.clear();
    for (BrokerImage broker : image.brokers().values()) {
      if (!broker.fenced() && broker.id() != exempt) {
        byBroker.put(broker.id(), new Session(broker.epoch(), now));
      }
    }
  }

  void end() {
    byBroker.clear();
  }

  boolean isEmpty() {
    return byBroker.isEmpty();
  }

  /**
   * A heartbeat came and was decided on.
   *
   * @param image with everything that was decided
   */
  void heard(BrokerHeartbeat heartbeat, BrokerHeartbeat.State state, ClusterImage image) {
    if (state.shouldShutDown()) {
      byBroker.remove(heartbeat.brokerId());
      return;
    }
    Session session = find(heartbeat.brokerId(), heartbeat.brokerEpoch());
    if (session == null) {
      session = new Session(heartbeat.brokerEpoch(), now);
      byBroker.put(heartbeat.brokerId(), session);
    }
    session.heardAt = now;
    session.heardTimes++;
    session.appliedOffset = Math.max(session.appliedOffset, heartbeat.metadataOffset());
    if (heartbeat.metadataOffset() >= image.offset()) {
      session.caughtUpAt = now;
    }
    BrokerImage broker = image.broker(heartbeat.brokerId());
    if (broker != null && broker.inControlledShutdown() && session.relievedOffset < 0) {
      session.relievedOffset = image.offset();
    }
  }

  /** The broker's connection is gone: it has a moment to come back, not the rest of its session. */
  void lostTouch(int brokerId, long brokerEpoch) {
    Session session = find(brokerId, brokerEpoch);
    if (session != null) {
      session.heardAt = Math.min(session.heardAt, now - TICKS + TICKS_WITHOUT_TOUCH);
    }
  }

  /**
   * How far the brokers are that were heard of.
   *
   * @param tickMs milliseconds of a tick
   */
  List<Heard> heard(long tickMs) {
    List<Heard> all = new ArrayList<>();
    byBroker.forEach((id, session) -> {
      if (session.appliedOffset >= 0) {
        all.add(
            new Heard(
                id,
                session.appliedOffset + 1,
                (now - session.heardAt) * tickMs,
                session.caughtUpAt < 0 ? -1 : (now - session.caughtUpAt) * tickMs));
      }
    });
    return all;
  }

  /** How often a broker was heard of in this session; -1 when it has none. */
  long heardTimes(int brokerId, long brokerEpoch) {
    Session session = find(brokerId, brokerEpoch);
    return session == null ? -1 : session.heardTimes;
  }

  /** The broker's session is over. */
  void drop(int brokerId) {
    byBroker.remove(brokerId);
  }

  /** A tick passed. Returns the brokers that were not heard of for a session. */
  List<BrokerImage> tick(ClusterImage image) {
    now++;
    List<BrokerImage> silent = new ArrayList<>();
    byBroker.entrySet().removeIf(entry -> isOver(image.broker(entry.getKey()), entry.getValue()));
    byBroker.forEach((id, session) -> {
      BrokerImage broker = image.broker(id);
      if (broker != null && isExpired(session)) {
        silent.add(broker);
      }
    });
    return silent;
  }

  private boolean isOver(@Nullable BrokerImage broker, Session session) {
    return broker == null
        || broker.epoch() != session.brokerEpoch
        || (broker.fenced() && isExpired(session));
  }

  private boolean isExpired(Session session) {
    return now - session.heardAt > TICKS;
  }

  private @Nullable Session find(int brokerId, long brokerEpoch) {
    Session session = byBroker.get(brokerId);
    return session == null || session.brokerEpoch != brokerEpoch ? null : session;
  }

  @Override
  public boolean isAlive(int brokerId, long brokerEpoch) {
    Session session = find(brokerId, brokerEpoch);
    return session != null && !isExpired(session);
  }

  @Override
  public boolean isBeating(int brokerId, long brokerEpoch) {
    Session session = find(brokerId, brokerEpoch);
    return session != null && now - session.heardAt < TICKS_WITHOUT_TOUCH;
  }

  @Override
  public long appliedOffset(int brokerId) {
    Session session = byBroker.get(brokerId);
    return session == null ? Long.MAX_VALUE : session.appliedOffset;
  }

  @Override
  public long relievedOffset(int brokerId) {
    Session session = byBroker.get(brokerId);
    return session == null ? -1 : session.relievedOffset;
  }
}
