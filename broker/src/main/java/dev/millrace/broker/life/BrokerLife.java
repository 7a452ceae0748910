package dev.millrace.broker.life;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.time.Clock;
import dev.millrace.base.turns.Turns;
import dev.millrace.broker.ActiveController;
import dev.millrace.quorum.control.BrokerHeartbeat;
import dev.millrace.quorum.control.BrokerHeartbeat.State;
import dev.millrace.quorum.control.BrokerHeartbeat.Wants;
import dev.millrace.quorum.control.Outcome;
import dev.millrace.quorum.control.RegisterBroker;
import dev.millrace.wire.ErrorCode;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A broker's standing with the active controller (KIP-631): it registers, then tells every few
 * hundred milliseconds that it is alive, and hears whether it may serve.
 *
 * <pre>
 *   registering -> fenced -> serving -> leaving -> gone
 *        ^            |         |
 *        +------------+---------+   the controller does not know it, or knows another epoch
 * </pre>
 *
 * <p>A broker that was fenced because it was silent goes on and is let in again once it acts on
 * everything that it missed. {@link #begin} and {@link #leave} may be called from any thread, and
 * so may what only looks.
 */
public final class BrokerLife {
  private static final Logger LOG = System.getLogger("dev.millrace.broker");
  private static final long RETRY_MS = 100;
  private static final long TELL_MS = 5_000;
  private static final long NOT_YET = -1;

  private final Parts parts;
  private final RegisterBroker registration;
  private final Standing standing;
  private volatile long epoch = NOT_YET;
  private volatile boolean fenced = true;
  private volatile long heardMs;
  private volatile long certainSinceMs = NOT_YET;
  private volatile String trouble = "registration is not answered yet";
  private Wants wants = Wants.WORK;
  private long cleanEpoch;
  private Rejections rejections = Rejections.NONE;
  private long toldMs = NOT_YET;
  private boolean beating;
  private boolean ended;
  private @Nullable Runnable whenGone;

  /**
   * What it works with.
   *
   * @param turns an owner whose work is never slow
   * @param controller the active one, wherever it is; not waited for by others
   * @param term the epoch in which that one leads the metadata, as far as is known; any thread
   * @param appliedOffset the offset of the metadata that the node acts on; any thread
   * @param directories how the log directories are; any thread
   */
  public record Parts(
      Turns turns,
      Clock clock,
      ActiveController controller,
      IntSupplier term,
      LongSupplier appliedOffset,
      Directories directories,
      Rhythm rhythm) {}

  /** Tells how the log directories are. */
  public interface Directories {
    /** Nothing ever happens to them. */
    Directories WELL =
        new Directories() {
          @Override
          public List<Uuid> offline() {
            return List.of();
          }

          @Override
          public List<Uuid> cordoned() {
            return List.of();
          }
        };

    /** Ids of those that failed. */
    List<Uuid> offline();

    /** Ids of those that take no new replicas. */
    List<Uuid> cordoned();
  }

  /**
   * How often it tells that it is alive, and how long the controller waits for that; milliseconds.
   */
  public record Rhythm(int intervalMs, int sessionMs) {}

  /** Hears how the broker stands, in turns of its owner. */
  public interface Standing {
    /** It may serve from now on, again perhaps. */
    void letIn();

    /**
     * It can never be a broker of this cluster.
     *
     * @param why for a person: what is wrong and what to do
     */
    void refused(String why);
  }

  public BrokerLife(Parts parts, RegisterBroker registration, Standing standing) {
    this.parts = parts;
    this.registration = registration;
    this.standing = standing;
    this.cleanEpoch = registration.predecessor().cleanEpoch();
  }

  /** Registers, and stays alive from then on. */
  public void begin() {
    parts.turns().submit(this::register);
  }

  /** The epoch of its registration; -1 while there is none. */
  public long epoch() {
    return epoch;
  }

  /** Whether the controller lets it serve, as far as it has heard. */
  public boolean isServing() {
    return !fenced;
  }

  /** Whether the controller must take it for dead by now: it heard nothing for a session. */
  public boolean isCutOff() {
    return parts.clock().monotonicMs() - heardMs > parts.rhythm().sessionMs();
  }

  /**
   * Whether the controller cannot have given away what this broker leads because it was silent: by
   * the broker's own clock less than half a session has passed since it sent a heartbeat that was
   * answered, and the controller counts from when that came.
   */
  public boolean isCertain() {
    long sinceMs = certainSinceMs;
    return sinceMs != NOT_YET
        && parts.clock().monotonicMs() - sinceMs < parts.rhythm().sessionMs() / 2;
  }

  /** Why it does not serve yet, for people. */
  public String trouble() {
    return trouble;
  }

  /**
   * Asks the controller to move its leaderships elsewhere.
   *
   * @param gone run once, when it may stop
   */
  public void leave(Runnable gone) {
    parts
        .turns()
        .submit(() -> {
          if (ended || epoch == NOT_YET) {
            gone.run();
            return;
          }
          whenGone = gone;
          wants = Wants.STOP;
          beat();
        });
  }

  /** Says nothing any more. */
  public void end() {
    parts.turns().submit(() -> ended = true);
  }

  private void register() {
    if (ended) {
      return;
    }
    RegisterBroker command =
        new RegisterBroker(
            registration.brokerId(),
            registration.incarnation(),
            registration.endpoints(),
            registration.rack(),
            registration.directories(),
            new RegisterBroker.Predecessor(registration.predecessor().gone(), cleanEpoch),
            registration.features());
    parts.controller().submit(command, outcome -> parts.turns().submit(() -> registered(outcome)));
  }

  private void registered(Outcome<Long> outcome) {
    if (ended) {
      return;
    }
    switch (outcome) {
      case Outcome.Done<Long>(Long itsEpoch) -> {
        LOG.log(Level.INFO, "broker is registered, broker={0} epoch={1}", id(), text(itsEpoch));
        epoch = itsEpoch;
        cleanEpoch = NOT_YET;
        rejections = Rejections.NONE;
        heardMs = parts.clock().monotonicMs();
        trouble = "the controller does not let the broker in yet";
        beat();
        beatLater();
      }
      case Outcome.Refused<Long> refused -> rejected(refused);
    }
  }

  private void rejected(Outcome.Refused<Long> refused) {
    switch (refused.error()) {
      case INCONSISTENT_CLUSTER_ID ->
          refuse(
              "data directory belongs to another cluster than the controllers, correct"
                  + " controller.quorum.voters or choose another --data");
      case INVALID_REGISTRATION ->
          refuse(
              "controller does not take the broker: a log directory is a copy of another broker's,"
                  + " or the broker has none; "
                  + refused.message());
      case UNSUPPORTED_VERSION ->
          refuse("this release is too old or too new for the cluster: " + refused.message());
      case DUPLICATE_BROKER_REGISTRATION -> {
        rejections = rejections.and(parts.term().getAsInt(), parts.clock().monotonicMs());
        if (rejections.last(parts.clock().monotonicMs(), 3L * parts.rhythm().sessionMs())) {
          refuse("another process is running as node " + id() + ", choose another --set node.id");
        } else {
          again("another process is running as broker " + id() + ", or was until a moment ago");
        }
      }
      default -> {
        rejections = Rejections.NONE;
        again("no controller registers the broker: " + refused.message());
      }
    }
  }

  /**
   * What one controller answered, one time after the other: that another process is the broker. A
   * process that is gone is fenced within a session, one that goes on living never is. But a new
   * controller grants everybody a session anew, and while this process was stopped nobody was
   * asked: only many answers of one controller over a long time tell.
   */
  private record Rejections(int term, long sinceMs, int count) {
    static final Rejections NONE = new Rejections(-1, 0, 0);

    Rejections and(int itsTerm, long nowMs) {
      return count > 0 && itsTerm == term
          ? new Rejections(term, sinceMs, count + 1)
          : new Rejections(itsTerm, nowMs, 1);
    }

    /** Whether there is no hope after so long. */
    boolean last(long nowMs, long ms) {
      return nowMs - sinceMs > ms && count > ms / (2 * RETRY_MS);
    }
  }

  private void again(String why) {
    trouble = why;
    tell(why);
    parts.turns().after(RETRY_MS, this::register);
  }

  private void refuse(String why) {
    ended = true;
    trouble = why;
    standing.refused(why);
  }

  private void beatLater() {
    long itsEpoch = epoch;
    parts
        .turns()
        .after(
            parts.rhythm().intervalMs(),
            () -> {
              if (!ended && itsEpoch == epoch) {
                beat();
                beatLater();
              }
            });
  }

  /** One at a time: a late answer says nothing about a newer one. */
  private void beat() {
    if (beating || ended || epoch == NOT_YET) {
      return;
    }
    beating = true;
    long itsEpoch = epoch;
    long sentMs = parts.clock().monotonicMs();
    BrokerHeartbeat heartbeat =
        new BrokerHeartbeat(
            registration.brokerId(),
            itsEpoch,
            parts.appliedOffset().getAsLong(),
            wants,
            parts.directories().offline(),
            parts.directories().cordoned());
    parts
        .controller()
        .submit(heartbeat, outcome -> parts.turns().submit(() -> heard(itsEpoch, sentMs, outcome)));
  }

  private void heard(long itsEpoch, long sentMs, Outcome<State> outcome) {
    beating = false;
    if (ended || itsEpoch != epoch) {
      return;
    }
    switch (outcome) {
      case Outcome.Done<State>(State state) -> {
        certainSinceMs = state.fenced() ? NOT_YET : sentMs;
        heard(state);
      }
      case Outcome.Refused<State> refused -> {
        if (refused.error() == ErrorCode.STALE_BROKER_EPOCH
            || refused.error() == ErrorCode.BROKER_ID_NOT_REGISTERED) {
          registerAnew(refused);
        } else {
          trouble = "heartbeat is not answered: " + refused.message();
          tell(trouble);
        }
      }
    }
  }

  private void heard(State state) {
    heardMs = parts.clock().monotonicMs();
    boolean wasFenced = fenced;
    fenced = state.fenced();
    if (state.shouldShutDown()) {
      gone();
    } else if (fenced && !wasFenced) {
      LOG.log(
          Level.WARNING,
          "broker was fenced: the controller missed its heartbeats, broker={0}",
          id());
    } else if (!fenced && wasFenced) {
      trouble = "";
      standing.letIn();
    }
    if (fenced && !state.caughtUp()) {
      trouble = "the node has not caught up with the metadata yet";
      parts.turns().after(RETRY_MS / 10, this::beat);
    }
  }

  private void registerAnew(Outcome.Refused<State> refused) {
    LOG.log(
        Level.WARNING,
        "controller does not know the broker under its epoch and it registers anew, broker={0} {1}",
        id(),
        refused.message());
    fenced = true;
    certainSinceMs = NOT_YET;
    epoch = NOT_YET;
    if (wants.equals(Wants.STOP)) {
      gone();
    } else {
      register();
    }
  }

  private void gone() {
    Runnable told = whenGone;
    ended = true;
    whenGone = null;
    if (told != null) {
      told.run();
    }
  }

  private void tell(String what) {
    long nowMs = parts.clock().monotonicMs();
    if (toldMs == NOT_YET || nowMs - toldMs >= TELL_MS) {
      toldMs = nowMs;
      LOG.log(Level.WARNING, what);
    }
  }

  private String id() {
    return Integer.toString(registration.brokerId());
  }

  private static String text(long number) {
    return Long.toString(number);
  }
}
