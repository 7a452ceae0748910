package dev.millrace.client.producer;

import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * Where a transactional producer stands. The program's threads append records in here, so that
 * every record is in exactly one transaction: none gets in once the end has begun. Any thread.
 */
final class TransactionGate {
  /** What may be done. */
  enum Phase {
    /** {@code initTransactions} comes first. */
    NEW,
    /** No transaction is open. */
    READY,
    OPEN,
    /** A commit or an abort is in work. */
    ENDING,
    /** Fenced, refused or closed. */
    OVER
  }

  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private volatile Phase phase = Phase.NEW;

  /** Why the open transaction can only be aborted, or why all is over. */
  private volatile @Nullable ProducerException fault;

  Phase phase() {
    return phase;
  }

  @Nullable ProducerException fault() {
    return fault;
  }

  /** Refuses records that are in no transaction, or in one that can only be aborted. */
  void check() {
    ProducerException known = fault;
    if (known != null) {
      throw known;
    }
    switch (phase) {
      case OPEN -> {}
      case NEW -> throw new IllegalStateException("call initTransactions first");
      case ENDING ->
          throw new IllegalStateException(
              "the transaction is being ended, begin the next one when that is done");
      default -> throw new IllegalStateException("no transaction is open, call beginTransaction");
    }
  }

  /** The transaction is open, and stays it until {@link #leave}. */
  void enter() {
    lock.readLock().lock();
    try {
      check();
    } catch (ProducerException | IllegalStateException e) {
      lock.readLock().unlock();
      throw e;
    }
  }

  void leave() {
    lock.readLock().unlock();
  }

  void begin() {
    change(() -> {
      if (phase == Phase.READY) {
        fault = null;
        phase = Phase.OPEN;
      } else if (phase == Phase.OPEN) {
        throw new IllegalStateException("a transaction is open, commit or abort it first");
      } else {
        check();
      }
    });
  }

  /**
   * Begins to end the transaction; no record gets in from now on.
   *
   * @throws ProducerException why it can not be committed, or can not be ended at all
   */
  void end(boolean isCommit) {
    change(() -> {
      ProducerException known = fault;
      if (known != null && (isCommit || phase != Phase.OPEN)) {
        throw known;
      }
      if (phase != Phase.OPEN) {
        check();
      }
      phase = Phase.ENDING;
    });
  }

  /** The transaction can only be aborted; the first reason stays. */
  void fail(ProducerException.Abortable cause) {
    change(() -> {
      boolean isAlive = phase == Phase.OPEN || phase == Phase.ENDING;
      fault = fault == null && isAlive ? cause : fault;
    });
  }

  /** A commit did not come about: the transaction waits to be aborted. */
  void reopen() {
    change(() -> phase = phase == Phase.ENDING ? Phase.OPEN : phase);
  }

  /** Transactions may begin. */
  void ready() {
    change(() -> {
      if (phase != Phase.OVER) {
        phase = Phase.READY;
        fault = null;
      }
    });
  }

  void over(ProducerException cause) {
    change(() -> {
      fault = phase == Phase.OVER ? fault : cause;
      phase = Phase.OVER;
    });
  }

  private void change(Runnable change) {
    lock.writeLock().lock();
    try {
      change.run();
    } finally {
      lock.writeLock().unlock();
    }
  }
}
