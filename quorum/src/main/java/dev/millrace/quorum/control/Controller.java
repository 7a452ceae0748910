package dev.millrace.quorum.control;

import dev.millrace.base.settings.BrokerSettings;
import dev.millrace.base.turns.Turns;
import dev.millrace.quorum.image.BrokerImage;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.EffectiveSettings;
import dev.millrace.quorum.image.ImageDelta;
import dev.millrace.quorum.image.ImageListener;
import dev.millrace.quorum.image.ImageRecords;
import dev.millrace.quorum.image.Replay;
import dev.millrace.quorum.log.MetadataLog;
import dev.millrace.quorum.log.MetadataLog.SnapshotId;
import dev.millrace.quorum.record.AbortTransactionRecord;
import dev.millrace.quorum.voters.TakenOutException;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.Message;
import dev.millrace.wire.WireException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The owner of the cluster's metadata on one node. It follows the metadata log and publishes the
 * committed image; while it leads it also runs commands.
 *
 * <p>A command is decided on the image <em>ahead</em>: everything decided before, committed or not.
 * Its records are appended at once, so that several decisions share one sync of the disk; its reply
 * goes when its records, or those of the decisions it rests on, are committed. When leadership is
 * lost or the log fails, what is open is answered with an error and the image ahead is thrown away.
 *
 * <p>{@link #image}, {@link #submit}, {@link #listen} and {@link #close} may be called from any
 * thread; everything else happens in turns of the owner.
 */
public final class Controller {
  /** Most commands that wait for their turn at once; further ones are told to come back later. */
  public static final int COMMANDS_WAITING_MAX = 10_000;

  /** Most leaderships that move back to their preferred leaders in one decision. */
  private static final int LEADERS_AT_ONCE_MAX = 1000;

  private static final System.Logger LOG = System.getLogger(Controller.class.getName());
  private static final int NOT_LEADING = -1;

  /** A broker that lives has found a new controller by then. */
  private static final long SECOND_LOOK_MS = 100;

  private final Setup setup;
  private final Turns turns;
  private final MetadataLog log;
  private final AtomicInteger waiting = new AtomicInteger();
  private final List<ImageListener> listeners = new ArrayList<>();
  private final Deque<Pending> pending = new ArrayDeque<>();
  private volatile ClusterImage image = ClusterImage.EMPTY;
  private ClusterImage ahead = ClusterImage.EMPTY;
  private Replay lastReplay = new Replay(ClusterImage.EMPTY);
  private long nextOffset;
  private int leadingEpoch = NOT_LEADING;
  private volatile int leader = NOT_LEADING;
  private volatile int epoch;
  private final Effects effects = new Effects();
  private final Sessions sessions = new Sessions();
  private final EffectiveSettings settings;
  private boolean ticking;
  private long sinceBalanceMs;
  private @Nullable RuntimeException failure;

  /**
   * What a controller is made of.
   *
   * @param nodeId of the node it runs on
   * @param written static settings of that node
   * @param random for ids and placement
   * @param events hears what becomes of the controller, in turns of its owner
   * @param probe looks whether brokers are there
   */
  public record Setup(
      int nodeId, BrokerSettings written, RandomGenerator random, Events events, Probe probe) {
    /** One to which sessions alone count. */
    public Setup(int nodeId, BrokerSettings written, RandomGenerator random, Events events) {
      this(nodeId, written, random, events, Probe.NONE);
    }
  }

  /** What becomes of a controller. */
  public interface Events {
    /** This node leads the cluster's metadata from now on. */
    void leading();

    /** Another node leads it, and this one has heard of all that was committed before. */
    default void following() {}

    /** The metadata log failed: the node must end. */
    void failed(RuntimeException cause);
  }

  /** A decision that is appended but not committed, and the answers that wait for it. */
  private record Pending(long baseOffset, Replay.Step step, List<Answer<?>> answers) {}

  public Controller(Setup setup, Turns turns, MetadataLog log) {
    this.setup = setup;
    this.turns = turns;
    this.log = log;
    this.settings = new EffectiveSettings(setup.written, setup.nodeId);
  }

  /** Starts to follow the log. */
  public void start() {
    turns.submit(() -> log.open(new Following()));
  }

  /** The committed image. */
  public ClusterImage image() {
    return image;
  }

  /** The id of the node that leads the metadata; -1 while nobody does. */
  public int leader() {
    return leader;
  }

  /** The epoch in which it leads, as far as this node has heard. */
  public int epoch() {
    return epoch;
  }

  /** How far brokers are, while this node leads; in a turn of the owner. */
  public List<Heard> heard() {
    return leadingEpoch == NOT_LEADING ? List.of() : sessions.heard(tickMs());
  }

  /**
   * Calls {@code listener} with everything there is as a first change, then with each change, in
   * turns of the owner.
   */
  public void listen(ImageListener listener) {
    turns.submit(() -> {
      listeners.add(listener);
      listener.changed(ImageDelta.between(ClusterImage.EMPTY, image), image);
    });
  }

  /**
   * Runs a command.
   *
   * @param receiver called once: in a turn of the owner when the outcome is committed, or at once
   *     when too many commands wait
   */
  public <R> void submit(Command<R> command, Consumer<Outcome<R>> receiver) {
    if (waiting.incrementAndGet() > COMMANDS_WAITING_MAX) {
      waiting.decrementAndGet();
      receiver.accept(
          Outcome.refused(
              ErrorCode.REQUEST_TIMED_OUT,
              "too many metadata changes are waiting, max=" + COMMANDS_WAITING_MAX));
      return;
    }
    turns.submit(() -> {
      waiting.decrementAndGet();
      run(command, receiver);
    });
  }

  /** Takes no more commands, waits for what is open, and closes the log. */
  public void close(Runnable closed) {
    turns.submit(() -> {
      leadingEpoch = NOT_LEADING;
      log.barrier(() -> {
        abandon(ErrorCode.NOT_CONTROLLER, "the node is going down");
        log.close();
        closed.run();
      });
    });
  }

  private <R> void run(Command<R> command, Consumer<Outcome<R>> receiver) {
    if (leadingEpoch == NOT_LEADING) {
      receiver.accept(notLeading());
      return;
    }
    Decision<R> decision;
    List<List<Message>> parts;
    try {
      decision = command.decide(rules());
      parts = Parts.of(decision);
    } catch (RefusedException refused) {
      receiver.accept(refused.outcome());
      return;
    } catch (WireException unwritable) {
      receiver.accept(
          Outcome.refused(
              ErrorCode.INVALID_REQUEST, "cannot be written down: " + unwritable.getMessage()));
      return;
    } catch (RuntimeException fault) {
      receiver.accept(
          Outcome.refused(ErrorCode.UNKNOWN_SERVER_ERROR, "the controller failed to decide"));
      throw fault;
    }
    parts.forEach(this::append);
    noteHeartbeat(command, decision);
    Answer<R> answer = new Answer<>(decision.reply(), receiver);
    if (pending.isEmpty()) {
      answer.give();
    } else {
      // also without records: what was read may not be committed yet
      pending.getLast().answers.add(answer);
    }
  }

  private Rules rules() {
    return new Rules(ahead, nextOffset, settings(), setup.random, sessions, setup.nodeId);
  }

  private BrokerSettings settings() {
    return settings.of(ahead);
  }

  private void noteHeartbeat(Command<?> command, Decision<?> decision) {
    if (command instanceof BrokerHeartbeat heartbeat
        && decision.reply() instanceof Outcome.Done<?> done
        && done.value() instanceof BrokerHeartbeat.State state) {
      sessions.heard(heartbeat, state, ahead);
      tickLater();
    } else if (command instanceof LostTouch lost) {
      sessions.lostTouch(lost.brokerId(), lost.brokerEpoch());
      BrokerImage broker = ahead.broker(lost.brokerId());
      if (broker != null && broker.epoch() == lost.brokerEpoch() && !broker.fenced()) {
        look(suspicion(broker), () -> gone(broker));
      }
    }
  }

  private void beginSessions() {
    boolean alone = log.voters().equals(List.of(setup.nodeId));
    sessions.begin(ahead, alone ? setup.nodeId : NOT_LEADING);
    tickLater();
    lookAround();
  }

  /** Brokers that died with the leader before are not waited for; those that live are. */
  private void lookAround() {
    for (BrokerImage broker : ahead.brokers().values()) {
      if (!broker.fenced() && broker.id() != setup.nodeId) {
        Suspicion suspicion = suspicion(broker);
        look(
            suspicion,
            () -> turns.after(SECOND_LOOK_MS, () -> look(suspicion, () -> gone(broker))));
      }
    }
  }

  /** A broker that may be gone, and how often it had been heard of by then, in which epoch. */
  private record Suspicion(BrokerImage broker, long heardTimes, int epoch) {}

  private Suspicion suspicion(BrokerImage broker) {
    return new Suspicion(broker, sessions.heardTimes(broker.id(), broker.epoch()), leadingEpoch);
  }

  /** Looks whether a broker is there; unless it was heard of meanwhile, its absence counts. */
  private void look(Suspicion suspicion, Runnable gone) {
    if (isOpen(suspicion)) {
      setup.probe.look(
          suspicion.broker,
          () ->
              turns.submit(() -> {
                if (isOpen(suspicion)) {
                  gone.run();
                }
              }));
    }
  }

  private boolean isOpen(Suspicion suspicion) {
    BrokerImage broker = suspicion.broker;
    return leadingEpoch == suspicion.epoch
        && suspicion.heardTimes >= 0
        && suspicion.heardTimes == sessions.heardTimes(broker.id(), broker.epoch());
  }

  private void gone(BrokerImage broker) {
    sessions.drop(broker.id());
    fence(broker, "its process is gone");
  }

  private void fence(BrokerImage broker, String why) {
    LOG.log(
        System.Logger.Level.WARNING,
        "broker is fenced, {0}, broker={1}",
        why,
        Integer.toString(broker.id()));
    run(new FenceBroker(broker.id(), broker.epoch()), _ -> {});
  }

  private void tickLater() {
    if (!ticking && !sessions.isEmpty()) {
      ticking = true;
      turns.after(tickMs(), this::tick);
    }
  }

  private long tickMs() {
    int sessionMs = settings().intValue("broker.session.timeout.ms");
    return Math.max(1, sessionMs / Sessions.TICKS);
  }

  private void tick() {
    ticking = false;
    if (leadingEpoch == NOT_LEADING) {
      sessions.end();
      return;
    }
    for (BrokerImage silent : sessions.tick(ahead)) {
      if (!silent.fenced()) {
        fence(silent, "it was not heard of for a session");
      }
    }
    balanceSometimes();
    tickLater();
  }

  /**
   * Counted in ticks as well: a cluster of one broker that sends no heartbeats has nothing to do.
   */
  private void balanceSometimes() {
    long intervalMs = settings().longValue("leader.imbalance.check.interval.seconds") * 1000;
    sinceBalanceMs += tickMs();
    if (sinceBalanceMs >= intervalMs) {
      sinceBalanceMs = 0;
      if (settings().booleanValue("auto.leader.rebalance.enable")) {
        run(new BalanceLeaders(LEADERS_AT_ONCE_MAX), moved -> balanceOn(moved, intervalMs));
      }
    }
  }

  /** There may be more to move: the next tick goes on. */
  private void balanceOn(Outcome<Integer> moved, long intervalMs) {
    if (moved instanceof Outcome.Done<Integer> done && done.value() == LEADERS_AT_ONCE_MAX) {
      sinceBalanceMs = intervalMs;
    }
  }

  private <R> Outcome<R> notLeading() {
    return failure == null
        ? Outcome.refused(
            ErrorCode.NOT_CONTROLLER, "this node does not lead the metadata, leader=" + leader)
        : ended(failure);
  }

  /** Who lost its vote just does not lead any more: whoever asked may ask another node. */
  private static <R> Outcome.Refused<R> ended(RuntimeException cause) {
    return cause instanceof TakenOutException
        ? new Outcome.Refused<>(ErrorCode.NOT_CONTROLLER, "this node does not vote on the metadata")
        : new Outcome.Refused<>(
            ErrorCode.KAFKA_STORAGE_ERROR, "the metadata log failed, the node is going down");
  }

  private void append(List<Message> records) {
    long lastOffset = nextOffset + records.size() - 1;
    Replay.Step step = replay(ahead, records, lastOffset, leadingEpoch);
    ahead = step.image();
    pending.add(new Pending(nextOffset, step, new ArrayList<>(1)));
    nextOffset = lastOffset + 1;
    int itsEpoch = leadingEpoch;
    log.append(itsEpoch, records, outcome -> appended(itsEpoch, outcome));
    effects.tell(records);
  }

  private Replay.Step replay(ClusterImage from, List<Message> records, long offset, int epoch) {
    lastReplay = Replay.after(lastReplay, from);
    records.forEach(lastReplay::apply);
    return lastReplay.finish(offset, epoch);
  }

  /** What was committed was heard of by then; the rest is lost together with all behind it. */
  private void appended(int itsEpoch, MetadataLog.Outcome outcome) {
    if (outcome == MetadataLog.Outcome.FENCED && leadingEpoch == itsEpoch) {
      leadingEpoch = NOT_LEADING;
      abandon(ErrorCode.NOT_CONTROLLER, "leadership of the metadata was lost");
    }
  }

  private void abandon(ErrorCode error, String message) {
    List<Pending> lost = List.copyOf(pending);
    pending.clear();
    ahead = image;
    for (Pending decision : lost) {
      decision.answers.forEach(answer -> guarded(() -> answer.giveUp(error, message)));
    }
  }

  private void publish(Replay.Step step) {
    image = step.image();
    for (ImageListener listener : listeners) {
      guarded(() -> listener.changed(step.delta(), step.image()));
    }
  }

  /** A fault of somebody who hears of a commit must not keep it from the others. */
  private void guarded(Runnable hearing) {
    try {
      hearing.run();
    } catch (RuntimeException fault) {
      turns.submit(() -> {
        throw fault;
      });
    }
  }

  /** What a transaction has so far is in no image yet. */
  private void snapshotWhenLarge() {
    if (lastReplay.isInTransaction()) {
      return;
    }
    long limit =
        image
            .brokerSettings(setup.written, setup.nodeId)
            .longValue("metadata.log.max.record.bytes.between.snapshots");
    if (log.bytesSinceSnapshot() >= limit) {
      log.snapshot(SnapshotId.of(image), ImageRecords.of(image));
    }
  }

  private final class Following implements MetadataLog.Observer {
    @Override
    public void onSnapshot(SnapshotId end, Stream<Message> records) {
      lastReplay = new Replay(ClusterImage.EMPTY);
      records.forEach(lastReplay::apply);
      ClusterImage loaded = lastReplay.finish(end.offset() - 1, end.epoch()).image();
      ahead = loaded;
      publish(new Replay.Step(ImageDelta.between(image, loaded), loaded));
    }

    @Override
    public void onCommit(long baseOffset, int itsEpoch, List<Message> records) {
      Pending own = pending.poll();
      if (own == null) {
        Replay.Step step = replay(image, records, baseOffset + records.size() - 1, itsEpoch);
        ahead = step.image();
        publish(step);
        snapshotWhenLarge();
        return;
      }
      if (own.baseOffset != baseOffset) {
        pending.addFirst(own);
        onFailure(
            new IllegalStateException(
                "a decision was committed at another offset, foretold="
                    + own.baseOffset
                    + " offset="
                    + baseOffset));
        return;
      }
      publish(own.step);
      own.answers.forEach(answer -> guarded(answer::give));
      snapshotWhenLarge();
    }

    @Override
    public void onLeaderChange(int newLeader, int newEpoch, long next) {
      leader = newLeader;
      epoch = newEpoch;
      abandon(ErrorCode.NOT_CONTROLLER, "another node leads the metadata");
      if (newLeader != setup.nodeId) {
        leadingEpoch = NOT_LEADING;
        if (newLeader != NOT_LEADING) {
          setup.events.following();
        }
        return;
      }
      leadingEpoch = newEpoch;
      nextOffset = next;
      if (lastReplay.isInTransaction()) {
        append(List.of(new AbortTransactionRecord("its leader is gone")));
      }
      beginSessions();
      setup.events.leading();
    }

    @Override
    public void onFailure(RuntimeException cause) {
      failure = cause;
      leadingEpoch = NOT_LEADING;
      Outcome.Refused<?> end = ended(cause);
      abandon(end.error(), end.message());
      setup.events.failed(cause);
    }
  }
}
