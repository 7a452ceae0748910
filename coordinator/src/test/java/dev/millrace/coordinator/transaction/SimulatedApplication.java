package dev.millrace.coordinator.transaction;

import dev.millrace.wire.ErrorCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A producer with a transactional id: begins, writes, ends, and repeats what is not answered. One
 * call is open at a time; what it sent may still arrive much later, and twice.
 */
final class SimulatedApplication {
  private static final int PATIENCE_MS = 300;
  private static final int PAUSE_MS = 20;

  private final SimulatedTransactions world;
  private final String id;
  private final String name;
  private final boolean bumps;
  private final int timeoutMs;
  private ProducerIdentity producer = ProducerIdentity.NONE;
  private int attempts;
  private long call;
  private boolean dead;
  private final Map<PartitionName, Integer> sequences = new HashMap<>();
  private Attempt attempt;

  /** One transaction as its application knows it. */
  static final class Attempt {
    final String name;
    final boolean commit;
    final Map<PartitionName, Integer> acknowledged = new HashMap<>();
    List<PartitionName> plan = new ArrayList<>();

    /** Its end was acknowledged. */
    boolean ended;

    /** Its end was asked for. */
    boolean endSent;

    Attempt(String name, boolean commit) {
      this.name = name;
      this.commit = commit;
    }
  }

  SimulatedApplication(
      SimulatedTransactions world, String id, String name, boolean bumps, int timeoutMs) {
    this.world = world;
    this.id = id;
    this.name = name;
    this.bumps = bumps;
    this.timeoutMs = timeoutMs;
    this.attempt = new Attempt("", false);
  }

  boolean isDead() {
    return dead;
  }

  /** Stops without a word. */
  void die() {
    dead = true;
  }

  void start() {
    init();
  }

  /** Calls until there is an answer that ends the matter; a later call voids the answers before. */
  private void call(Consumer<Consumer<ErrorCode>> request, Consumer<ErrorCode> done) {
    long mine = ++call;
    Consumer<ErrorCode> take =
        error -> {
          if (mine != call || dead) {
            return;
          }
          if (isRetriable(error)) {
            call++;
            world.later(PAUSE_MS, () -> call(request, done));
          } else {
            call++;
            done.accept(error);
          }
        };
    world.send(request, take);
    world.later(
        PATIENCE_MS,
        () -> {
          if (mine == call && !dead) {
            call(request, done);
          }
        });
  }

  private static boolean isRetriable(ErrorCode error) {
    return switch (error) {
      case CONCURRENT_TRANSACTIONS,
          COORDINATOR_LOAD_IN_PROGRESS,
          COORDINATOR_NOT_AVAILABLE,
          NOT_COORDINATOR,
          OUT_OF_ORDER_SEQUENCE_NUMBER ->
          true;
      default -> false;
    };
  }

  private void init() {
    ProducerIdentity[] told = {ProducerIdentity.NONE};
    call(
        answer ->
            world
                .coordinator()
                .init(
                    new InitRequest(id, timeoutMs, ProducerIdentity.NONE),
                    (error, next) -> {
                      told[0] = error == ErrorCode.NONE ? next : told[0];
                      answer.accept(error);
                    }),
        error -> {
          if (error != ErrorCode.NONE) {
            throw new AssertionError("init fails, error=" + error);
          }
          producer = told[0];
          sequences.clear();
          world.initialized(id, producer);
          begin();
        });
  }

  private void begin() {
    attempt = new Attempt(name + "#" + attempts++, world.random.nextInt(3) > 0);
    for (int i = world.random.nextInt(5); i > 0; i--) {
      attempt.plan.add(world.anyPartition());
    }
    world.attempted(attempt);
    if (bumps || attempt.plan.isEmpty()) {
      write(0);
    } else {
      Participation asked = new Participation(id, producer, List.copyOf(attempt.plan), (short) 0);
      call(
          answer -> world.coordinator().add(asked, answer),
          error -> {
            if (error == ErrorCode.NONE) {
              write(0);
            } else {
              fatal();
            }
          });
    }
  }

  private void write(int step) {
    if (step == attempt.plan.size()) {
      world.later(world.random.nextInt(timeoutMs / 4), this::end);
      return;
    }
    Attempt mine = attempt;
    PartitionName to = mine.plan.get(step);
    int sequence = sequences.getOrDefault(to, 0);
    SimulatedPartition.Slot.Data record =
        new SimulatedPartition.Slot.Data(producer, sequence, mine.name);
    call(
        answer -> world.produce(to, id, record, bumps, answer),
        error -> {
          if (error == ErrorCode.NONE) {
            sequences.put(to, sequence + 1);
            mine.acknowledged.merge(to, 1, Integer::sum);
            write(step + 1);
          } else {
            fatal();
          }
        });
  }

  private void end() {
    if (dead) {
      return;
    }
    if (!bumps && attempt.plan.isEmpty()) {
      attempt.ended = true;
      begin();
      return;
    }
    Attempt mine = attempt;
    boolean commit = mine.commit && !mine.plan.isEmpty();
    EndRequest request = new EndRequest(id, producer, commit, (short) (bumps ? 2 : 0));
    boolean isStale = world.isSuperseded(id, producer);
    ProducerIdentity[] told = {ProducerIdentity.NONE};
    mine.endSent = true;
    call(
        answer ->
            world.end(
                request,
                (error, next) -> {
                  told[0] = error == ErrorCode.NONE ? next : told[0];
                  answer.accept(error);
                }),
        error -> {
          if (error != ErrorCode.NONE) {
            fatal();
            return;
          }
          if (isStale && commit) {
            throw new AssertionError("a fenced producer commits, attempt=" + mine.name);
          }
          mine.ended = true;
          if (bumps) {
            producer = told[0];
            sequences.clear();
          }
          begin();
        });
  }

  /** Fenced, timed out, or out of step: this producer is over. */
  private void fatal() {
    dead = true;
  }
}
