package dev.millrace.quorum.control;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.quorum.image.BrokerImage;
import dev.millrace.quorum.record.BrokerRegistrationChangeRecord;
import dev.millrace.wire.Message;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A broker says that it is alive, what it wants, and which of its log directories failed (KIP-631,
 * KIP-858).
 *
 * <p>A broker goes from fenced to unfenced when it wants to and acts on its own registration; to
 * controlled shutdown when it wants to stop, which takes its leaderships away first; and is told to
 * stop, and fenced, when every other active broker has heard of who leads instead. There is no way
 * back from there but another registration.
 *
 * @param metadataOffset the last offset of the metadata log that the broker acts on
 * @param wants what the broker would like to be
 * @param offline ids of log directories that failed
 * @param cordoned ids of log directories that get no new replicas; null when that did not change
 */
public record BrokerHeartbeat(
    int brokerId,
    long brokerEpoch,
    long metadataOffset,
    Wants wants,
    List<Uuid> offline,
    @Nullable List<Uuid> cordoned)
    implements Command<BrokerHeartbeat.State> {
  private static final byte UP = 1;
  private static final byte DOWN = -1;

  /** What a broker would like to be; both at once to stop without waiting for anything. */
  public record Wants(boolean fence, boolean shutDown) {
    /** To serve. */
    public static final Wants WORK = new Wants(false, false);

    /** Not to serve yet. */
    public static final Wants FENCE = new Wants(true, false);

    /** To stop once its leaderships have moved. */
    public static final Wants STOP = new Wants(false, true);
  }

  /**
   * What the broker is.
   *
   * @param caughtUp whether it acts on its own registration
   * @param shouldShutDown whether it may stop now
   */
  public record State(boolean caughtUp, boolean fenced, boolean shouldShutDown) {}

  @Override
  public Decision<State> decide(Rules rules) {
    List<Message> records = new ArrayList<>();
    Outcome<State> outcome =
        Rules.attempt(() -> decide(rules, rules.registered(brokerId, brokerEpoch), records));
    return new Decision<>(records, outcome, true);
  }

  private State decide(Rules rules, BrokerImage broker, List<Message> records) {
    BrokerRegistrationChangeRecord.Builder change =
        BrokerRegistrationChangeRecord.builder().brokerId(brokerId).brokerEpoch(brokerEpoch);
    boolean changed = noteDirectories(broker, change);
    boolean caughtUp = metadataOffset >= brokerEpoch;
    boolean stopping = wants.shutDown() || broker.inControlledShutdown();
    boolean shouldShutDown = stopping && mayStop(rules, broker);
    boolean fenced = shouldShutDown || isFenced(broker, stopping, caughtUp);
    if (fenced != broker.fenced()) {
      change.fenced(fenced ? UP : DOWN);
      changed = true;
    }
    if (!fenced && stopping && !broker.inControlledShutdown()) {
      change.inControlledShutdown(UP);
      changed = true;
    }
    if (changed) {
      records.add(change.build());
      records.addAll(new Leaderships(rules.after(records)).settle());
    }
    return new State(caughtUp, fenced, shouldShutDown);
  }

  private boolean isFenced(BrokerImage broker, boolean stopping, boolean caughtUp) {
    if (wants.fence() || hasNoDirectoryLeft(broker)) {
      return true;
    }
    return broker.fenced() && (stopping || !caughtUp);
  }

  private boolean hasNoDirectoryLeft(BrokerImage broker) {
    return !broker.directories().isEmpty() && offline.containsAll(broker.directories());
  }

  /** Nothing is led by it any more, and everybody who could think otherwise knows. */
  private boolean mayStop(Rules rules, BrokerImage broker) {
    if (broker.fenced() || wants.fence()) {
      return true;
    }
    List<BrokerImage> others =
        rules.image().brokers().values().stream()
            .filter(other -> other.id() != brokerId && other.isActive())
            .toList();
    if (others.isEmpty() && broker.inControlledShutdown()) {
      return true;
    }
    long relieved = rules.liveness().relievedOffset(brokerId);
    return relieved >= 0
        && others.stream()
            .allMatch(other -> rules.liveness().appliedOffset(other.id()) >= relieved);
  }

  /** A directory that failed is no longer one of the broker's, until it registers anew. */
  private boolean noteDirectories(
      BrokerImage broker, BrokerRegistrationChangeRecord.Builder change) {
    boolean changed = false;
    if (!offline.isEmpty()) {
      List<Uuid> online =
          broker.directories().stream().filter(directory -> !offline.contains(directory)).toList();
      if (online.size() < broker.directories().size() && !online.isEmpty()) {
        change.logDirs(online);
        changed = true;
      }
    }
    List<Uuid> spared = cordoned;
    if (spared != null && !spared.equals(broker.cordoned())) {
      change.cordonedLogDirs(spared);
      changed = true;
    }
    return changed;
  }
}
