package dev.millrace.client.producer;

import dev.millrace.base.time.Clock;
import dev.millrace.base.turns.Timeout;
import dev.millrace.client.ClientException;
import dev.millrace.client.TopicPartition;
import dev.millrace.client.call.Topology;
import dev.millrace.client.producer.OutBatch.State;
import dev.millrace.wire.ErrorCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Sends what was gathered. A step looks at the partitions that have batches and sends every batch
 * that may leave now, one a partition in a request, until nothing more may; then it sleeps until
 * something happens or is due. Belongs to the network's owner but for {@link #wake} and {@link
 * #activate}.
 *
 * <p>A new batch may leave when it is full, when it is {@code linger.ms} old, or at once while its
 * leader has nothing of ours in work: what comes meanwhile gathers until the answer is here, so
 * that batches grow with the load by themselves.
 */
final class Sender implements Transactor.Batches {
  private static final String OVER =
      "it ran into its timeout, or another producer has its transactional.id: ";

  /** The last transaction's markers are on their way: they take milliseconds. */
  private static final long CONCURRENT_PAUSE_MS = 5;

  private final Topology topology;
  private final Clock clock;
  private final ProducerSettings settings;
  private final MemoryGate memory;
  private final Identities ids;
  private final @Nullable Transactor transactor;
  private final @Nullable TransactionGate gate;
  private final List<Quiet> awaitingQuiet = new ArrayList<>();
  private final ProduceCalls calls;
  private final Queue<Gathering> activated = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final List<Gathering> active = new ArrayList<>();
  private final Map<TopicPartition, Gathering> byPartition = new HashMap<>();
  private final Map<Integer, Integer> inWork = new HashMap<>();
  private final SenderCounts counts = new SenderCounts();
  private volatile @Nullable ProducerException end;
  private @Nullable Timeout alarm;
  private long alarmMs;
  private int first;

  /** Told once nothing is in work, with whether batches that had numbers were given up. */
  private record Quiet(CompletableFuture<Boolean> told, boolean hadNumbers) {}

  /**
   * @param gate null without transactions
   */
  Sender(
      Topology topology,
      ProducerSettings settings,
      MemoryGate memory,
      @Nullable TransactionGate gate) {
    this.topology = topology;
    this.clock = topology.network().clock();
    this.settings = settings;
    this.memory = memory;
    this.gate = gate;
    String id = settings.transactionalId;
    if (gate == null || id == null) {
      this.transactor = null;
      this.ids = new ProducerIds(topology, settings, this::step, this::endWith);
    } else {
      this.transactor = new Transactor(topology, settings, gate, id, this);
      this.ids = transactor;
    }
    this.calls = new ProduceCalls(topology, settings);
    topology.listen(this::step);
  }

  /** Null without transactions. */
  @Nullable Transactor transactor() {
    return transactor;
  }

  SenderCounts counts() {
    return counts;
  }

  /** A partition has its first batch. Any thread. */
  void activate(Gathering gathering) {
    activated.add(gathering);
  }

  /** Something may leave. Any thread. */
  void wake() {
    if (scheduled.compareAndSet(false, true)) {
      topology.network().turns().submit(this::step);
    }
  }

  @Override
  public CompletableFuture<Boolean> discard(ProducerException cause) {
    CompletableFuture<Boolean> told = new CompletableFuture<>();
    awaitingQuiet.add(new Quiet(told, giveUpAll(cause)));
    topology.network().turns().submit(this::step);
    return told;
  }

  /** Gives up what no node has in work, and tells the rest; returns whether some had numbers. */
  private boolean giveUpAll(ProducerException cause) {
    takeActivated();
    boolean hadNumbers = false;
    for (Gathering gathering : active) {
      for (OutBatch batch : List.copyOf(gathering.numbered)) {
        hadNumbers |= batch.state != State.DONE;
        if (batch.state != State.DONE && !batch.isTold()) {
          batch.failed(cause);
        }
        if (batch.state == State.READY) {
          drop(batch);
        }
      }
      gathering.takeAll().forEach(batch -> giveUp(batch, cause));
    }
    return hadNumbers;
  }

  private void tellQuiet() {
    if (!awaitingQuiet.isEmpty() && active.stream().noneMatch(Gathering::hasSent)) {
      List<Quiet> quiet = List.copyOf(awaitingQuiet);
      awaitingQuiet.clear();
      quiet.forEach(one -> one.told.complete(one.hadNumbers));
    }
  }

  /** Completes once everything that was gathered before has its fate. */
  @Override
  public CompletableFuture<Void> flush() {
    takeActivated();
    Flush flush = new Flush();
    for (Gathering gathering : active) {
      gathering.numbered.forEach(batch -> batch.await(flush));
      gathering.sealAll().forEach(batch -> batch.await(flush));
    }
    step();
    flush.told();
    return flush.done;
  }

  /** Gives up everything; nothing is sent from now on. */
  @Override
  public void endWith(ProducerException cause) {
    if (end == null) {
      end = cause;
    }
    takeActivated();
    for (Gathering gathering : active) {
      for (OutBatch batch : List.copyOf(gathering.numbered)) {
        giveUp(batch, cause);
      }
      gathering.numbered.clear();
      gathering.closeAll().forEach(batch -> giveUp(batch, cause));
    }
    active.clear();
    memory.close();
  }

  /** Why nothing is sent any more, or null. */
  @Nullable ProducerException end() {
    return end;
  }

  /** Does all that can be done now. */
  @Override
  public void step() {
    scheduled.set(false);
    if (end != null) {
      endWith(end);
      return;
    }
    takeActivated();
    expire();
    ProducerException fault = gate == null ? null : gate.fault();
    if (fault != null) {
      giveUpAll(fault);
    }
    boolean more = true;
    while (more) {
      more = pass();
    }
    active.removeIf(Gathering::rest);
    tellQuiet();
    first = active.isEmpty() ? 0 : (first + 1) % active.size();
    setAlarm();
  }

  private void takeActivated() {
    for (Gathering next = activated.poll(); next != null; next = activated.poll()) {
      active.add(next);
      byPartition.put(next.partition, next);
    }
  }

  /** Sends at most one request to each node; returns whether any left. */
  private boolean pass() {
    Map<Integer, List<OutBatch>> requests = new TreeMap<>();
    Map<Integer, Integer> bytes = new HashMap<>();
    for (int i = 0; i < active.size(); i++) {
      Gathering gathering = active.get((first + i) % active.size());
      gathering.noteCrowd(window());
      int leader = leader(gathering);
      if (leader < 0 || inWork.getOrDefault(leader, 0) >= settings.inFlightMax) {
        continue;
      }
      OutBatch batch = next(gathering, inWork.getOrDefault(leader, 0) == 0);
      if (batch == null) {
        continue;
      }
      int size = bytes.merge(leader, batch.bytes().remaining(), Integer::sum);
      if (size > settings.requestBytesMax && requests.containsKey(leader)) {
        continue; // it is numbered and leaves with the next request
      }
      batch.state = State.SENT;
      batch.attempts++;
      gathering.sentTo = leader;
      gathering.noteCrowd(window());
      requests.computeIfAbsent(leader, node -> new ArrayList<>()).add(batch);
    }
    requests.forEach(this::send);
    return !requests.isEmpty();
  }

  private int leader(Gathering gathering) {
    int leader = topology.leader(gathering.partition);
    if (leader < 0) {
      topology.want(gathering.partition.topic());
      topology.refresh();
    }
    boolean elsewhere = gathering.sentTo >= 0 && gathering.sentTo != leader;
    return elsewhere && gathering.hasSent() ? -1 : leader;
  }

  /** The batch of a partition that may leave now, numbered; or null. */
  private @Nullable OutBatch next(Gathering gathering, boolean isLeaderIdle) {
    if (gathering.lostThread && !gathering.hasSent() && !gathering.hasUncertain()) {
      Identity later = ids.after(gathering.identity);
      if (later == null) {
        return null;
      }
      gathering.renumber(later);
    }
    OutBatch again = gathering.firstReady();
    if (again != null) {
      return again.notBeforeMs <= clock.monotonicMs() ? again : null;
    }
    boolean isOpen = gathering.numbered.size() < window();
    if (gathering.lostThread || !isOpen || !isDue(gathering, isLeaderIdle)) {
      return null;
    }
    if (transactor != null && !transactor.mayLeave(gathering.partition)) {
      return null;
    }
    if (settings.idempotent && !identify(gathering)) {
      return null;
    }
    OutBatch batch = gathering.takeOldest();
    gathering.take(batch);
    return batch;
  }

  /** Batches of a partition that may be in work. */
  private int window() {
    if (settings.acks == 0) {
      return Integer.MAX_VALUE;
    }
    return settings.idempotent ? Gathering.WINDOW : 1;
  }

  private boolean isDue(Gathering gathering, boolean isLeaderIdle) {
    OutBatch oldest = gathering.oldest();
    return oldest != null
        && !gathering.isBeingPacked()
        && (gathering.isFull()
            || (settings.adaptive && isLeaderIdle)
            || clock.monotonicMs() - oldest.createdMs >= settings.lingerMs
            || memory.isContended());
  }

  private boolean identify(Gathering gathering) {
    Identity now = ids.current();
    if (now == null) {
      return false;
    }
    boolean isOther = !now.equals(gathering.identity);
    if (gathering.identity == null || (isOther && gathering.numbered.isEmpty())) {
      gathering.renumber(now);
    }
    return true;
  }

  private void send(int leader, List<OutBatch> batches) {
    counts.request(batches);
    if (settings.acks == 0) {
      calls.sendOnly(leader, batches);
      for (OutBatch batch : batches) {
        finish(batch, () -> batch.delivered(-1, -1));
      }
      return;
    }
    inWork.merge(leader, 1, Integer::sum);
    calls.send(
        leader,
        batches,
        transactor == null || transactor.isImplicit(),
        verdicts -> {
          inWork.merge(leader, -1, Integer::sum);
          verdicts.forEach(verdict -> judge(verdict.batch(), verdict));
          step();
        });
  }

  private void judge(OutBatch batch, ProduceCalls.Verdict verdict) {
    if (end != null) {
      return;
    }
    Gathering gathering = gathering(batch);
    switch (verdict.kind()) {
      case TAKEN -> {
        batch.isReleased = batch.attempts == 1;
        finish(batch, () -> batch.delivered(verdict.baseOffset(), verdict.appendTimeMs()));
      }
      case UNKNOWN -> {
        batch.uncertain = true;
        retry(batch, verdict.fault());
      }
      case NOT_TAKEN -> retry(batch, verdict.fault());
      case OUT_OF_ORDER -> {
        batch.uncertain = false;
        if (ErrorCode.INVALID_PRODUCER_EPOCH.name().equals(verdict.fault())) {
          spoil(epochOver(batch));
        }
        gathering.lostThread |= gathering.numbered.getFirst() == batch;
        retry(batch, verdict.fault());
      }
      case TOO_LARGE -> split(gathering, batch, verdict.fault());
      case REFUSED -> fail(batch, refusal(batch, verdict.fault()));
      case FENCED -> fenced(text(batch, verdict.fault()));
      case FATAL -> end(new ProducerException.Fatal(text(batch, verdict.fault()), null));
    }
  }

  private static ProducerException refusal(OutBatch batch, String fault) {
    // Apache Kafka 3.9 answers so to the batch of a producer whose place another has
    boolean isOver = ErrorCode.TRANSACTION_ABORTABLE.name().equals(fault);
    return new ProducerException.Refused((isOver ? OVER : "") + text(batch, fault), null);
  }

  private static ProducerException epochOver(OutBatch batch) {
    return new ProducerException.Abortable(
        OVER + text(batch, ErrorCode.INVALID_PRODUCER_EPOCH.name()), null);
  }

  private static String text(OutBatch batch, String fault) {
    return "record was not taken, partition=" + batch.partition + " fault=" + fault;
  }

  private void retry(OutBatch batch, String fault) {
    batch.state = State.READY;
    if (batch.isTold()) {
      drop(batch);
    } else if (batch.attempts > settings.retriesMax) {
      fail(
          batch,
          new ProducerException.Retriable(
              text(batch, fault) + " attempts=" + batch.attempts, null));
    } else {
      counts.retried();
      int doublings = Math.clamp(batch.attempts - 1, 0, 16);
      long pauseMs = Math.min((long) settings.backoffMs << doublings, settings.backoffMaxMs);
      boolean isOutOfOrder = ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER.name().equals(fault);
      boolean isEnding = ErrorCode.CONCURRENT_TRANSACTIONS.name().equals(fault);
      pauseMs = isEnding ? Math.min(pauseMs, CONCURRENT_PAUSE_MS) : pauseMs;
      batch.notBeforeMs = isOutOfOrder ? Long.MIN_VALUE : clock.monotonicMs() + pauseMs;
      batch.lastFault = fault;
      if (!isOutOfOrder && !isEnding) {
        topology.refresh();
      }
    }
  }

  private void split(Gathering gathering, OutBatch batch, String fault) {
    if (batch.records() == 1 || batch.isTold()) {
      String advice = ", make the record smaller or raise max.message.bytes of the topic";
      fail(batch, refusal(batch, fault + advice));
    } else {
      gathering.replace(batch, batch.halves());
    }
  }

  /** Settles a fate and tells all that have nothing untold before them. */
  private void finish(OutBatch batch, Runnable verdict) {
    batch.settle(verdict);
    Gathering gathering = gathering(batch);
    while (!gathering.numbered.isEmpty() && gathering.numbered.getFirst().state == State.DONE) {
      OutBatch done = gathering.numbered.removeFirst();
      done.tell();
      memory.free(done.chargedBytes());
      done.recycle();
    }
  }

  /** Settles that it was not taken: its transaction can not be committed any more. */
  private void fail(OutBatch batch, ProducerException fault) {
    if (!batch.isTold()) {
      spoil(fault);
    }
    finish(batch, () -> batch.failed(fault));
  }

  private void fenced(String fault) {
    if (transactor == null) {
      endWith(new ProducerException.Fenced(fault, null));
    } else {
      transactor.fenced(fault);
    }
  }

  private void end(ProducerException fault) {
    if (transactor == null) {
      endWith(fault);
    } else {
      transactor.over(fault);
    }
  }

  private void drop(OutBatch batch) {
    finish(batch, () -> {});
  }

  private void giveUp(OutBatch batch, ProducerException cause) {
    if (!batch.isTold()) {
      batch.failed(cause);
    }
    memory.free(batch.chargedBytes());
  }

  /** Tells records whose time is over; those that a node has in work stay until it answers. */
  private void expire() {
    long nowMs = clock.monotonicMs();
    for (Gathering gathering : active) {
      for (OutBatch batch : List.copyOf(gathering.numbered)) {
        if (isExpired(batch, nowMs) && !batch.isTold()) {
          spoil(expiry(batch));
          batch.failed(expiry(batch));
          if (batch.state == State.READY) {
            drop(batch);
          }
        }
      }
      OutBatch oldest = gathering.oldest();
      while (oldest != null && isExpired(oldest, nowMs)) {
        spoil(expiry(oldest));
        giveUp(gathering.takeOldest(), expiry(oldest));
        oldest = gathering.oldest();
      }
    }
  }

  private void spoil(ProducerException fault) {
    if (transactor != null) {
      transactor.failed(String.valueOf(fault.getMessage()));
    }
  }

  private boolean isExpired(OutBatch batch, long nowMs) {
    return nowMs - batch.createdMs >= settings.deliveryTimeoutMs;
  }

  private ProducerException expiry(OutBatch batch) {
    ClientException lost = topology.fault();
    String cause = batch.lastFault.isEmpty() && lost != null ? lost.getMessage() : batch.lastFault;
    return new ProducerException.Retriable(
        "record was not taken in time, partition="
            + batch.partition
            + " delivery.timeout.ms="
            + settings.deliveryTimeoutMs
            + (cause == null || cause.isEmpty() ? "" : " last fault: " + cause),
        lost);
  }

  /** Sleeps until the first batch is due, may be tried again or expires. */
  private void setAlarm() {
    long nextMs = Long.MAX_VALUE;
    for (Gathering gathering : active) {
      for (OutBatch batch : gathering.numbered) {
        if (!batch.isTold()) {
          nextMs = Math.min(nextMs, batch.createdMs + settings.deliveryTimeoutMs);
        }
        if (batch.state == State.READY && batch.notBeforeMs > clock.monotonicMs()) {
          nextMs = Math.min(nextMs, batch.notBeforeMs);
        }
      }
      OutBatch oldest = gathering.oldest();
      if (oldest != null) {
        long dueMs = oldest.createdMs + settings.lingerMs;
        boolean isDue = dueMs <= clock.monotonicMs();
        nextMs = Math.min(nextMs, isDue ? oldest.createdMs + settings.deliveryTimeoutMs : dueMs);
      }
    }
    if (alarm != null && nextMs == alarmMs) {
      return;
    }
    if (alarm != null) {
      alarm.cancel();
      alarm = null;
    }
    if (nextMs < Long.MAX_VALUE) {
      alarmMs = nextMs;
      alarm = topology.network().turns().after(nextMs - clock.monotonicMs(), this::ring);
    }
  }

  private void ring() {
    alarm = null;
    step();
  }

  private Gathering gathering(OutBatch batch) {
    Gathering found = byPartition.get(batch.partition);
    if (found == null) {
      throw new IllegalStateException(
          "batch belongs to no partition, partition=" + batch.partition);
    }
    return found;
  }
}
