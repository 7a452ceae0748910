package dev.millrace.coordinator.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.sim.SimOwners;
import dev.millrace.base.turns.Turns;
import dev.millrace.coordinator.CoordinatorLog;
import dev.millrace.coordinator.CoordinatorLog.Entry;
import dev.millrace.coordinator.MemoryLog;
import dev.millrace.wire.ErrorCode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Applications with few transactional ids, a network that loses, doubles and reorders, partitions
 * that fail for a while, a coordinator that crashes at any point, and what must hold meanwhile.
 */
final class SimulatedTransactions {
  private static final int PARTITIONS = 4;
  private static final int IDS = 2;
  private static final int TIMEOUT_MS = 4_000;
  private static final TransactionSettings SETTINGS =
      new TransactionSettings(60_000, 500, 604_800_000, 3_600_000, 100);

  /** What is wrong with the coordinator, so that the fuzz can be seen to fail. */
  enum Fault {
    /** Nothing. */
    NONE,
    /** Ends of fenced producers are taken for ends of the current one. */
    FENCED_PRODUCERS_END,
    /** An end that was answered is decided again when its client has gone on. */
    ANSWERED_STEPS_ARE_DECIDED_AGAIN
  }

  final SimOwners owners;
  final RandomGenerator random;
  private final boolean bumps;
  private final Fault fault;
  private final Turns network;
  private final Map<PartitionName, SimulatedPartition> partitions = new TreeMap<>();
  private final Map<String, ProducerIdentity> latest = new HashMap<>();
  private final Map<String, SimulatedApplication> running = new HashMap<>();
  private final List<SimulatedApplication> applications = new ArrayList<>();
  private final List<SimulatedApplication.Attempt> attempts = new ArrayList<>();
  private MemoryLog log;
  private TransactionCoordinator coordinator;
  private long nextId;
  private int lives;
  private int lossPercent = 4;
  private int repeatPercent;
  private int failPercent = 10;

  /**
   * @param bumps whether each transaction has an epoch of its own; then, and only then, what comes
   *     late or twice can do no harm
   */
  SimulatedTransactions(long seed, boolean bumps) {
    this(seed, bumps, Fault.NONE);
  }

  SimulatedTransactions(long seed, boolean bumps, Fault fault) {
    this.fault = fault;
    owners = new SimOwners(seed);
    random = owners.random("chaos");
    network = owners.owner("network");
    this.bumps = bumps;
    this.repeatPercent = bumps ? 15 : 0;
    for (int i = 0; i < PARTITIONS; i++) {
      PartitionName name = new PartitionName("t", i);
      partitions.put(name, new SimulatedPartition(name));
    }
    nextId = 1_000;
    log = new MemoryLog(owners.owner("disk"), List.of());
    if (random.nextBoolean()) {
      nearTheLastEpoch();
    }
    coordinator = open(log);
  }

  /** The ids were in use for long: they need new producer ids soon. */
  private void nearTheLastEpoch() {
    for (int i = 0; i < IDS; i++) {
      short epoch = (short) (ProducerIdentity.LAST_EPOCH - random.nextInt(6));
      ProducerIdentity worn = new ProducerIdentity(500 + i, epoch);
      Transaction.Producers producers =
          new Transaction.Producers(worn, ProducerIdentity.NO_ID, ProducerIdentity.NO_ID);
      short version = (short) (bumps ? 2 : 0);
      log.put(
          CoordinatorLog.NO_PRODUCER,
          TransactionRecords.of(
              Transaction.empty(
                  "id" + i, producers, TIMEOUT_MS, version, owners.clock().wallMs())));
    }
  }

  private TransactionCoordinator open(MemoryLog onto) {
    lives++;
    TransactionCoordinator opened =
        new TransactionCoordinator(
            new TransactionCoordinator.Setup(
                SETTINGS,
                owners.clock(),
                answer ->
                    network.after(random.nextInt(5), () -> answer.take(ErrorCode.NONE, nextId++)),
                this::mark,
                () -> 1),
            List.of(owners.owner("coordinator")));
    opened.elected(0, lives, onto);
    return opened;
  }

  TransactionCoordinator coordinator() {
    return coordinator;
  }

  /** EndTxn, as a sound coordinator or one with the planted fault takes it. */
  void end(EndRequest request, TransactionCoordinator.ProducerAnswer answer) {
    switch (fault) {
      case NONE -> coordinator.end(request, answer);
      case FENCED_PRODUCERS_END -> coordinator.end(asLatest(request), answer);
      case ANSWERED_STEPS_ARE_DECIDED_AGAIN ->
          coordinator.end(
              request,
              (error, next) -> {
                answer.take(error, next);
                later(random.nextInt(500), () -> coordinator.end(request, (_, _) -> {}));
              });
    }
  }

  private EndRequest asLatest(EndRequest request) {
    ProducerIdentity producer = latest.getOrDefault(request.transactionalId(), request.producer());
    return new EndRequest(request.transactionalId(), producer, request.commit(), request.version());
  }

  // The network

  void later(int delayMs, Runnable task) {
    network.after(delayMs, task);
  }

  /** Sends a request; it or its answer may be lost, late, or there twice. */
  void send(Consumer<Consumer<ErrorCode>> request, Consumer<ErrorCode> answer) {
    deliver(request, answer, random.nextInt(15));
    if (random.nextInt(100) < repeatPercent) {
      deliver(request, _ -> {}, random.nextInt(2_000));
    }
  }

  private void deliver(
      Consumer<Consumer<ErrorCode>> request, Consumer<ErrorCode> answer, int delayMs) {
    if (random.nextInt(100) < lossPercent) {
      return;
    }
    boolean isAnswerLost = random.nextInt(100) < lossPercent;
    network.after(
        delayMs,
        () ->
            request.accept(error -> {
              if (!isAnswerLost) {
                network.after(random.nextInt(15), () -> answer.accept(error));
              }
            }));
  }

  // Partitions

  PartitionName anyPartition() {
    return new PartitionName("t", random.nextInt(PARTITIONS));
  }

  private SimulatedPartition partition(PartitionName name) {
    return Objects.requireNonNull(partitions.get(name));
  }

  /** What the leader of a partition does with a record. */
  void produce(
      PartitionName to,
      String id,
      SimulatedPartition.Slot.Data record,
      boolean joins,
      Consumer<ErrorCode> answer) {
    SimulatedPartition partition = partition(to);
    int admitted = partition.markers(record.producer());
    if (partition.isOpen(record.producer())) {
      answer.accept(append(partition, record, admitted, joins));
      return;
    }
    Participation asked =
        new Participation(id, record.producer(), List.of(to), (short) (joins ? 2 : 0));
    Consumer<ErrorCode> enter =
        error ->
            network.after(
                random.nextInt(30),
                () ->
                    answer.accept(
                        error == ErrorCode.NONE
                            ? append(partition, record, admitted, joins)
                            : error));
    if (joins) {
      coordinator.add(asked, enter);
    } else {
      coordinator.verify(asked, errors -> enter.accept(errors.getFirst()));
    }
  }

  private static ErrorCode append(
      SimulatedPartition partition,
      SimulatedPartition.Slot.Data record,
      int admitted,
      boolean fromZero) {
    ErrorCode error = partition.append(record, admitted, fromZero);
    partition.lastStable();
    return error;
  }

  private void mark(
      Markers.Marker marker, List<PartitionName> to, Consumer<List<ErrorCode>> answers) {
    ErrorCode[] errors = new ErrorCode[to.size()];
    int[] open = {to.size()};
    for (int i = 0; i < to.size(); i++) {
      int index = i;
      network.after(
          random.nextInt(40),
          () -> {
            boolean fails = random.nextInt(100) < failPercent;
            SimulatedPartition partition = partition(to.get(index));
            errors[index] = fails ? ErrorCode.NOT_LEADER_OR_FOLLOWER : partition.end(marker);
            partition.lastStable();
            if (--open[0] == 0) {
              answers.accept(List.copyOf(Arrays.asList(errors)));
            }
          });
    }
  }

  // What applications report

  /** An application knows that it is the producer of an id. */
  void initialized(String id, ProducerIdentity producer) {
    latest.merge(id, producer, (before, now) -> isLater(now, before) ? now : before);
  }

  /** Whether an application knew of a later producer. */
  boolean isSuperseded(String id, ProducerIdentity producer) {
    ProducerIdentity last = latest.get(id);
    return last != null && isLater(last, producer);
  }

  private static boolean isLater(ProducerIdentity one, ProducerIdentity other) {
    return one.id() > other.id() || (one.id() == other.id() && one.epoch() > other.epoch());
  }

  void attempted(SimulatedApplication.Attempt attempt) {
    attempts.add(attempt);
  }

  // Events

  void chaos(int events) {
    for (int i = 0; i < events; i++) {
      switch (random.nextInt(10)) {
        case 0 -> crash();
        case 1, 2 -> startApplication();
        case 3 -> killApplication();
        case 4 -> stall();
        default -> {
          // let them work
        }
      }
      owners.runMs(1 + random.nextInt(400));
      restartDead();
    }
  }

  private void startApplication() {
    String id = "id" + random.nextInt(IDS);
    // the one before goes on, not knowing that it is fenced
    start(id);
  }

  private void start(String id) {
    SimulatedApplication next =
        new SimulatedApplication(this, id, id + "/" + applications.size(), bumps, TIMEOUT_MS);
    applications.add(next);
    running.put(id, next);
    next.start();
  }

  private void killApplication() {
    SimulatedApplication one = running.get("id" + random.nextInt(IDS));
    if (one != null) {
      one.die();
    }
  }

  private void restartDead() {
    List<String> dead =
        running.entrySet().stream()
            .filter(entry -> entry.getValue().isDead() && random.nextInt(4) == 0)
            .map(Map.Entry::getKey)
            .sorted()
            .toList();
    dead.forEach(this::start);
  }

  /** Nothing is committed for a while, sometimes for longer than clients are kept waiting. */
  private void stall() {
    MemoryLog stalled = log;
    stalled.hold();
    network.after(random.nextInt(7_000), stalled::release);
  }

  /** The coordinator is gone; the next one finds what was committed and perhaps some more. */
  void crash() {
    log.die();
    coordinator.close();
    List<Entry> remains = log.remains(random.nextInt(log.unacknowledgedBatches() + 1));
    log = new MemoryLog(owners.owner("disk" + lives), remains);
    coordinator = open(log);
  }

  // What must hold

  void checkThatItComesToRest() {
    lossPercent = 0;
    failPercent = 0;
    repeatPercent = 0;
    applications.forEach(SimulatedApplication::die);
    log.release();
    owners.runMs(TIMEOUT_MS + 5_000);
    for (SimulatedPartition partition : partitions.values()) {
      assertThat(partition.lastStable())
          .as(owners.story("every transaction ends within its time"))
          .isEqualTo(partition.log.size());
    }
    TransactionFilter all = new TransactionFilter(Set.of(), Set.of(), -1, _ -> true);
    boolean[] seen = {false};
    coordinator.list(
        all,
        listing -> {
          seen[0] = true;
          assertThat(listing.error()).isEqualTo(ErrorCode.NONE);
          assertThat(listing.found())
              .allMatch(one ->
                  one.transactionState().equals("Empty")
                      || one.transactionState().startsWith("Complete"));
        });
    owners.runMs(100);
    assertThat(seen[0]).isTrue();
  }

  /** All of an attempt or nothing; all of it when its commit was acknowledged. */
  void checkAttempts() {
    Map<String, List<Boolean>> fates = new HashMap<>();
    for (SimulatedPartition partition : partitions.values()) {
      partition
          .fates()
          .forEach((attempt, list) ->
              list.forEach(one ->
                  fates
                      .computeIfAbsent(attempt, _ -> new ArrayList<>())
                      .add(Objects.requireNonNull(one))));
    }
    for (SimulatedApplication.Attempt attempt : attempts) {
      List<Boolean> mine = fates.getOrDefault(attempt.name, List.of());
      assertThat(mine.stream().distinct().count())
          .as(owners.story("all or nothing: " + attempt.name + " " + mine))
          .isLessThanOrEqualTo(1);
      boolean isCommitted = mine.contains(true);
      if (attempt.ended) {
        assertThat(isCommitted)
            .as(owners.story("the answer is true: " + attempt.name))
            .isEqualTo(attempt.commit && !attempt.plan.isEmpty());
      }
      if (isCommitted) {
        assertThat(attempt.commit && attempt.endSent)
            .as(owners.story("only what asked for it is committed: " + attempt.name))
            .isTrue();
        int written = attempt.acknowledged.values().stream().mapToInt(Integer::intValue).sum();
        assertThat(mine).as(owners.story("everything once: " + attempt.name)).hasSize(written);
      }
    }
  }

  /** How many attempts were committed: a run in which none is would prove nothing. */
  long committed() {
    return attempts.stream().filter(one -> one.ended && one.commit && !one.plan.isEmpty()).count();
  }
}
