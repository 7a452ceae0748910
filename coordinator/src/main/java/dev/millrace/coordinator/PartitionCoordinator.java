package dev.millrace.coordinator;

import dev.millrace.base.turns.Timeout;
import dev.millrace.base.turns.Turns;
import dev.millrace.wire.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The owner of one partition of an internal topic under one leader epoch.
 *
 * <pre>
 *   LOADING --everything applied--> ACTIVE --resigned--> CLOSED
 *      \------unreadable-----------> FAILED --resigned--> CLOSED
 * </pre>
 *
 * A command is decided on committed state, in its {@link Lane lane}; its records are appended; when
 * they are committed they are applied, and only then the reply leaves. Nothing is applied that is
 * not committed, so nothing has to be taken back. All public methods may be called from any thread
 * and take effect in a later turn of the owner.
 *
 * @param <S> the state machine
 */
public final class PartitionCoordinator<S extends StateMachine> {
  private static final System.Logger LOG = System.getLogger(PartitionCoordinator.class.getName());

  private enum State {
    LOADING,
    ACTIVE,
    FAILED,
    CLOSED
  }

  private final String name;
  private final Turns turns;
  private final CoordinatorLog log;
  private final S machine;
  private final Lanes<S> lanes = new Lanes<>();
  private final WriteQueue writes;
  private List<Consumer<ErrorCode>> waitingForLoad = new ArrayList<>();
  private State state = State.LOADING;

  /**
   * @param name of the partition, for messages: {@code __consumer_offsets-7}
   * @param commitTimeoutMs after which a client hears that its write is not committed yet
   * @param factory makes the state machine, which gets the deadlines of this partition
   */
  public PartitionCoordinator(
      String name,
      Turns turns,
      CoordinatorLog log,
      long commitTimeoutMs,
      Function<Deadlines<S>, S> factory) {
    this.name = name;
    this.turns = turns;
    this.log = log;
    this.machine = factory.apply(new Chores());
    this.writes = new WriteQueue(turns, log, commitTimeoutMs, new Follow());
  }

  /** Starts to load. Called once. */
  public void load() {
    turns.submit(() -> read(CoordinatorLog.START));
  }

  /** Gives the partition up: everybody who waits is answered with {@code error}. */
  public void close(ErrorCode error) {
    turns.submit(() -> closeNow(error));
  }

  /** Has {@code command} decided in its lane, or refused. */
  public void submit(String lane, Command<S> command) {
    turns.submit(() -> enter(lane, command));
  }

  /** Calls {@code reader} with the committed state, or {@code refused} when there is none. */
  public void read(Consumer<S> reader, Consumer<ErrorCode> refused) {
    turns.submit(() -> {
      if (state == State.ACTIVE) {
        reader.accept(machine);
      } else {
        refused.accept(refusal());
      }
    });
  }

  /** Calls {@code ready} once the partition is loaded, or with the error why it never will be. */
  public void whenLoaded(Consumer<ErrorCode> ready) {
    turns.submit(() -> {
      switch (state) {
        case ACTIVE -> ready.accept(ErrorCode.NONE);
        case LOADING -> waitingForLoad.add(ready);
        case FAILED, CLOSED -> ready.accept(refusal());
      }
    });
  }

  // Loading

  private void read(long offset) {
    log.read(offset, chunk -> turns.submit(() -> take(chunk)));
  }

  private void take(CoordinatorLog.Chunk chunk) {
    if (state != State.LOADING) {
      return;
    }
    switch (chunk) {
      case CoordinatorLog.Chunk.Entries entries -> {
        if (entries.entries().stream().allMatch(this::apply)) {
          read(entries.nextOffset());
        }
      }
      case CoordinatorLog.Chunk.End _ -> {
        state = State.ACTIVE;
        machine.loaded();
        loadedOrNot(ErrorCode.NONE);
      }
      case CoordinatorLog.Chunk.Failed failed -> fail(failed.reason(), null);
    }
  }

  /** Applies an entry; one that can't be applied ends this coordinator. */
  private boolean apply(CoordinatorLog.Entry entry) {
    try {
      machine.apply(entry);
      return true;
    } catch (RuntimeException fault) {
      fail("entry can't be applied, entry=" + entry, fault);
      return false;
    }
  }

  private void fail(String reason, @Nullable Throwable fault) {
    LOG.log(
        System.Logger.Level.ERROR,
        "coordinator stopped, its groups are not served by this node, partition="
            + name
            + " reason="
            + reason,
        fault);
    stop(State.FAILED, ErrorCode.NOT_COORDINATOR);
  }

  private void closeNow(ErrorCode error) {
    if (state != State.CLOSED) {
      stop(State.CLOSED, error);
    }
  }

  private void stop(State last, ErrorCode error) {
    state = last;
    machine.unloaded(error);
    writes.close().forEach(write -> write.decision().outcome().answer(error));
    lanes.refuseAll(error);
    loadedOrNot(error);
  }

  private void loadedOrNot(ErrorCode error) {
    List<Consumer<ErrorCode>> waiting = waitingForLoad;
    waitingForLoad = new ArrayList<>();
    waiting.forEach(ready -> ready.accept(error));
  }

  private ErrorCode refusal() {
    return state == State.LOADING
        ? ErrorCode.COORDINATOR_LOAD_IN_PROGRESS
        : ErrorCode.NOT_COORDINATOR;
  }

  // Commands

  private void enter(String key, Command<S> command) {
    if (state != State.ACTIVE) {
      command.refuse(refusal());
      return;
    }
    Lane<S> lane = lanes.find(key);
    if (lane == null || lane.admits(command)) {
      decide(key, command);
    } else if (!lane.queue(command)) {
      command.refuse(ErrorCode.COORDINATOR_NOT_AVAILABLE);
    }
  }

  private void decide(String key, Command<S> command) {
    Decision decision;
    try {
      decision = command.decide(machine);
    } catch (RuntimeException fault) {
      command.refuse(ErrorCode.UNKNOWN_SERVER_ERROR);
      report(fault);
      return;
    }
    if (!decision.writes()) {
      return;
    }
    Write write = new Write(key, decision);
    Lane<S> lane = lanes.open(key);
    lane.writing(decision.shared());
    ErrorCode refused = writes.add(write);
    if (refused != ErrorCode.NONE) {
      write.fail(refused);
      turns.submit(() -> finish(write));
    }
  }

  private void finish(Write write) {
    Lane<S> lane = lanes.find(write.lane());
    if (lane == null) {
      write.decision().outcome().answer(refusal());
      return;
    }
    lane.written(write.decision().shared());
    try {
      if (write.failure() == ErrorCode.NONE) {
        write.decision().outcome().committed();
      } else {
        write.decision().outcome().refused(AppendErrors.forClients(write.failure()));
      }
    } catch (RuntimeException fault) {
      report(fault);
    }
    for (Command<S> next = lane.next(); next != null; next = lane.next()) {
      decide(write.lane(), next);
    }
    lanes.closeIfIdle(write.lane());
  }

  /** Hands a programmer fault to the owner, which reports it; the work here goes on. */
  private void report(RuntimeException fault) {
    turns.submit(() -> {
      throw fault;
    });
  }

  /** A command that nobody waits for. */
  private record Chore<S extends StateMachine>(Function<S, Decision> action, boolean alone)
      implements Command<S> {
    @Override
    public Decision decide(S state) {
      return action.apply(state);
    }

    @Override
    public void refuse(ErrorCode error) {}

    @Override
    public Patience patience() {
      return Patience.CHORE;
    }
  }

  private final class Chores implements Deadlines<S> {
    @Override
    public Timeout after(long delayMs, String lane, Function<S, Decision> action) {
      return turns.after(delayMs, () -> enter(lane, new Chore<>(action, false)));
    }

    @Override
    public void alone(String lane, Function<S, Decision> action) {
      PartitionCoordinator.this.submit(lane, new Chore<>(action, true));
    }

    @Override
    public void submit(String lane, Command<S> command) {
      PartitionCoordinator.this.submit(lane, command);
    }
  }

  private final class Follow implements WriteQueue.Listener {
    @Override
    public void committed(CoordinatorLog.Entry entry) {
      if (state == State.ACTIVE) {
        apply(entry);
      }
    }

    @Override
    public void finished(Write write) {
      finish(write);
    }

    @Override
    public void late(Write write) {
      write.decision().outcome().answer(ErrorCode.COORDINATOR_NOT_AVAILABLE);
      Lane<S> lane = lanes.find(write.lane());
      if (lane != null) {
        lane.stick();
      }
    }
  }
}
