package dev.millrace.registry.topic;

import dev.millrace.base.time.Clock;
import dev.millrace.client.ClientException;
import dev.millrace.registry.change.Change;
import dev.millrace.registry.change.Refusal;
import dev.millrace.registry.image.Image;
import dev.millrace.wire.ErrorCode;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a node knows of {@code _schemas} and its way to write there. Two virtual threads: one reads,
 * one writes. Safe for any thread; calls block, and throw {@link Refusal}.
 */
public final class Ledger implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.millrace.registry");

  /** Changes that wait; more are refused. */
  private static final int WAITING_MAX = 10_000;

  /** Changes in one batch. */
  private static final int TOGETHER_MAX = 200;

  private static final int READ_WAIT_MS = 1_000;
  private static final int RETRY_DELAY_MS = 20;
  private static final long WRITE_PATIENCE_MS = 10_000;

  /** How long somebody who reads waits for the newest state before the replay has to do. */
  private static final long FRESH_PATIENCE_MS = 3_000;

  /** How long the first who asks waits for all of the replay. */
  private static final long FIRST_PATIENCE_MS = 30_000;

  private static final int LOOKS_BEFORE_RENEWAL = 2;

  private final SchemaTopic topic;
  private final Clock clock;
  private final BlockingQueue<Waiting<?>> waiting = new LinkedBlockingQueue<>(WAITING_MAX);
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition advanced = lock.newCondition();
  private final ReentrantLock looking = new ReentrantLock();
  private final AtomicLong lookers = new AtomicLong();
  private final Thread reader;
  private final Thread writer;

  private volatile Replay replay = Replay.START;
  private volatile boolean isThere;
  private volatile boolean isWhole;
  private volatile boolean isClosed;
  private long lookedFor;
  private long lastEnd;
  private volatile @Nullable Expectation expectation;

  /** A change and who waits for it. */
  private record Waiting<R>(Change<R> change, CompletableFuture<Object> told) {}

  /** Whose records come to stand at a place. */
  private static final class Expectation {
    final Proposal proposal;
    volatile @Nullable Boolean isOurs;

    Expectation(Proposal proposal) {
      this.proposal = proposal;
    }
  }

  private enum Fate {
    OURS,
    OTHERS,
    BROKEN
  }

  /** Begins to read. */
  public Ledger(SchemaTopic topic, Clock clock) {
    this.topic = topic;
    this.clock = clock;
    this.reader = Thread.ofVirtual().name("registry-reader").start(this::readAll);
    this.writer = Thread.ofVirtual().name("registry-writer").start(this::writeAll);
  }

  /** What was replayed; everything that was there when the ledger was opened is in it. */
  public Image image() {
    if (!isWhole) {
      catchUp(FIRST_PATIENCE_MS);
    }
    return replay.image();
  }

  /** What was replayed; null before everything is in it that was there at the beginning. */
  public @Nullable Image imageOrNull() {
    return isWhole ? replay.image() : null;
  }

  /**
   * What was written anywhere before this call is in it. While the topic has no leader it is what
   * was replayed.
   */
  public Image fresh() {
    try {
      catchUp(isWhole ? FRESH_PATIENCE_MS : FIRST_PATIENCE_MS);
    } catch (Refusal refusal) {
      if (!isWhole) {
        throw refusal;
      }
      LOG.log(Level.DEBUG, "the replay has to do: " + refusal.message());
    }
    return replay.image();
  }

  /**
   * Makes a change; when it returns it is on disk, and everybody who reads from now on sees it.
   *
   * @throws Refusal when it is not allowed, or when nobody can write now: then it may have been
   *     made
   */
  @SuppressWarnings("unchecked") // the reply is what the change decided
  public <R> R change(Change<R> change) {
    CompletableFuture<Object> told = new CompletableFuture<>();
    if (isClosed || !waiting.offer(new Waiting<>(change, told))) {
      throw Refusal.storeFailed("the registry is busy or stops, try again later");
    }
    try {
      return (R) told.get(FIRST_PATIENCE_MS + WRITE_PATIENCE_MS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Refusal.storeFailed("interrupted");
    } catch (TimeoutException e) {
      throw Refusal.storeTimedOut("Write to store timed out");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new CompletionException(e);
    }
  }

  @Override
  public void close() {
    isClosed = true;
    reader.interrupt();
    writer.interrupt();
    topic.close();
    signal();
    Waiting<?> left = waiting.poll();
    while (left != null) {
      left.told().completeExceptionally(Refusal.storeFailed("the node stops"));
      left = waiting.poll();
    }
  }

  /**
   * Waits until everything is replayed that is committed now; callers share one look at the end.
   */
  private void catchUp(long patienceMs) {
    long deadlineMs = clock.monotonicMs() + patienceMs;
    long ticket = lookers.incrementAndGet();
    long end;
    looking.lock();
    try {
      if (lookedFor < ticket) {
        long upTo = lookers.get();
        lastEnd = lookAtEnd(deadlineMs);
        lookedFor = upTo;
      }
      end = lastEnd;
    } finally {
      looking.unlock();
    }
    if (end != SchemaTopic.ABSENT) {
      awaitOffset(end, deadlineMs);
    }
    isWhole = true;
  }

  private long lookAtEnd(long deadlineMs) {
    while (true) {
      try {
        long end = topic.end();
        if (end != SchemaTopic.ABSENT && !isThere) {
          isThere = true;
          signal();
        }
        return end;
      } catch (ClientException e) {
        if (isClosed || clock.monotonicMs() >= deadlineMs) {
          throw Refusal.noLeader("Leader not known: " + e.getMessage());
        }
        pause();
      }
    }
  }

  private void awaitOffset(long end, long deadlineMs) {
    if (!awaitUntil(() -> replay.nextOffset() >= end, deadlineMs)) {
      throw Refusal.storeTimedOut(
          "the newest schemas are not read yet, read=" + replay.nextOffset() + " end=" + end);
    }
  }

  /** Waits until something that readers do is done; false when the time is over. */
  private boolean awaitUntil(BooleanSupplier isDone, long deadlineMs) {
    lock.lock();
    try {
      while (!isDone.getAsBoolean()) {
        long leftMs = deadlineMs - clock.monotonicMs();
        if (isClosed || leftMs <= 0) {
          return false;
        }
        boolean ignored = advanced.await(leftMs, TimeUnit.MILLISECONDS);
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  private void signal() {
    lock.lock();
    try {
      advanced.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void pause() {
    try {
      Thread.sleep(RETRY_DELAY_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      isClosed = true;
    }
  }

  private void readAll() {
    while (!isClosed) {
      try {
        if (isThere) {
          take(topic.read(replay.nextOffset(), READ_WAIT_MS));
        } else {
          awaitTopic();
        }
      } catch (ClientException e) {
        if (e.is(ErrorCode.OFFSET_OUT_OF_RANGE)) {
          startAnew();
        } else {
          LOG.log(Level.DEBUG, "_schemas cannot be read now: " + e.getMessage());
        }
        pause();
      } catch (RuntimeException e) {
        if (!isClosed) {
          LOG.log(Level.ERROR, "_schemas cannot be read, trying again", e);
        }
        pause();
      }
    }
  }

  private void awaitTopic() {
    lock.lock();
    try {
      while (!isThere && !isClosed) {
        advanced.await();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      isClosed = true;
    } finally {
      lock.unlock();
    }
  }

  private void take(SchemaTopic.Page page) {
    Expectation expected = expectation;
    Boolean isOurs = null;
    Replay next = replay;
    for (LogBatch batch : page.batches()) {
      if (expected != null
          && isOurs == null
          && batch.isAt(expected.proposal.chain())
          && next.chain().admits(batch)) {
        isOurs = isOurs(expected.proposal, batch);
      }
      next = next.after(batch, Ledger::complain);
    }
    if (next != replay) {
      publish(next, expected, isOurs);
    }
  }

  private static void complain(String what) {
    LOG.log(Level.WARNING, "_schemas: " + what);
  }

  private static boolean isOurs(Proposal proposal, LogBatch batch) {
    boolean isOurs = batch.holds(proposal.records());
    boolean decides = !proposal.outcomes().isEmpty();
    if (isOurs && decides && batch.baseOffset() != proposal.from().nextOffset()) {
      LOG.log(
          Level.WARNING,
          "somebody wrote to _schemas without numbers, offset="
              + proposal.from().nextOffset()
              + "; stop what writes there beside this registry");
    }
    return isOurs;
  }

  /**
   * Lets everybody see what was read.
   *
   * @param judged the expectation that {@code isOurs} is about
   */
  private void publish(Replay next, @Nullable Expectation judged, @Nullable Boolean isOurs) {
    lock.lock();
    try {
      replay = next;
      Expectation open = expectation;
      if (open != null && open.isOurs == null) {
        if (open == judged && isOurs != null) {
          open.isOurs = isOurs;
        } else if (!next.chain().equals(open.proposal.from().chain())) {
          open.isOurs = false;
        }
      }
      advanced.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The topic was made anew or lost its beginning: what is there now is what counts. */
  private void startAnew() {
    long start = topic.start();
    LOG.log(
        Level.WARNING,
        "_schemas begins anew, was read up to=" + replay.nextOffset() + " begin=" + start);
    publish(new Replay(Image.EMPTY, Chain.START, Spellings.NONE, Math.max(0, start)), null, null);
  }

  private void writeAll() {
    List<Waiting<?>> together = new ArrayList<>();
    while (!isClosed) {
      try {
        together.add(waiting.take());
        waiting.drainTo(together, TOGETHER_MAX - 1);
        write(together);
      } catch (InterruptedException e) {
        isClosed = true;
      } catch (RuntimeException e) {
        together.forEach(one -> one.told().completeExceptionally(told(e)));
      }
      together.clear();
    }
  }

  private static RuntimeException told(RuntimeException fault) {
    return fault instanceof ClientException
        ? Refusal.storeFailed("Error in the backend data store: " + fault.getMessage())
        : fault;
  }

  /** Writes changes until each is told; the list is empty or failed afterwards. */
  private void write(List<Waiting<?>> changes) {
    boolean isFresh = false;
    int renewals = 0;
    if (!isWhole) {
      catchUp(FIRST_PATIENCE_MS);
    }
    long deadlineMs = clock.monotonicMs() + WRITE_PATIENCE_MS;
    while (!changes.isEmpty()) {
      if (clock.monotonicMs() >= deadlineMs) {
        throw Refusal.storeTimedOut("Write to store timed out");
      }
      Proposal proposal =
          Proposal.of(replay, changes.stream().map(Waiting::change).toList(), clock.wallMs());
      if (proposal.records().isEmpty()) {
        if (isFresh) {
          tell(changes, proposal);
        } else {
          catchUp(deadlineMs - clock.monotonicMs());
          isFresh = true;
        }
        continue;
      }
      switch (propose(proposal, deadlineMs)) {
        case OURS -> {
          tell(changes, proposal);
          isFresh = false;
          deadlineMs = clock.monotonicMs() + WRITE_PATIENCE_MS;
        }
        case OTHERS -> isFresh = false;
        case BROKEN -> {
          LOG.log(Level.INFO, "numbers of _schemas begin anew, chain=" + replay.chain());
          var ignored =
              propose(
                  Proposal.renewal(replay, 1 << Math.min(renewals++, 14), clock.wallMs()),
                  deadlineMs);
        }
      }
    }
  }

  private static void tell(List<Waiting<?>> changes, Proposal proposal) {
    List<Proposal.Outcome> outcomes = proposal.outcomes();
    for (int i = 0; i < outcomes.size(); i++) {
      Proposal.Outcome outcome = outcomes.get(i);
      CompletableFuture<Object> told = changes.get(i).told();
      if (outcome.refusal() != null) {
        told.completeExceptionally(outcome.refusal());
      } else {
        told.complete(outcome.reply());
      }
    }
    changes.subList(0, outcomes.size()).clear();
  }

  /** Sends until it is known whose records stand at the place. */
  private Fate propose(Proposal proposal, long deadlineMs) {
    Expectation expected = new Expectation(proposal);
    lock.lock();
    try {
      if (replay != proposal.from()) {
        return Fate.OTHERS;
      }
      expectation = expected;
    } finally {
      lock.unlock();
    }
    try {
      if (!isThere) {
        topic.create();
        isThere = true;
        signal();
      }
      return send(expected, deadlineMs);
    } finally {
      lock.lock();
      try {
        expectation = null;
      } finally {
        lock.unlock();
      }
    }
  }

  private Fate send(Expectation expected, long deadlineMs) {
    var batch = expected.proposal.batch();
    for (int looks = 0; ; ) {
      SchemaTopic.Sent sent = topic.send(batch.duplicate());
      if (sent == SchemaTopic.Sent.TAKEN) {
        Boolean isOurs = await(expected, clock.monotonicMs() + READ_WAIT_MS);
        if (isOurs != null) {
          return isOurs ? Fate.OURS : Fate.OTHERS;
        }
      } else if (sent == SchemaTopic.Sent.UNKNOWN) {
        pause();
      } else {
        // whose number it was may not be committed yet
        Boolean isOurs = await(expected, clock.monotonicMs() + READ_WAIT_MS);
        if (isOurs != null) {
          return isOurs ? Fate.OURS : Fate.OTHERS;
        }
        catchUp(Math.max(1, deadlineMs - clock.monotonicMs()));
        if (++looks >= LOOKS_BEFORE_RENEWAL) {
          return Fate.BROKEN;
        }
      }
      if (isClosed || clock.monotonicMs() >= deadlineMs) {
        throw Refusal.storeTimedOut("Write to store timed out, it may have been made");
      }
    }
  }

  private @Nullable Boolean await(Expectation expected, long deadlineMs) {
    boolean ignored = awaitUntil(() -> expected.isOurs != null, deadlineMs);
    return expected.isOurs;
  }
}
