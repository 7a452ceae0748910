package dev.millrace.server;

import dev.millrace.base.time.SystemClock;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the start of a node waits for that depends on others: as long as it takes, telling in the
 * log now and then what is missing. A fault ends the waiting; later it is told to whoever has to
 * end the node. Safe for any thread.
 */
final class Waiting {
  private static final Logger LOG = System.getLogger("dev.millrace.server");
  private static final long LOOK_NANOS = 5_000_000;
  private static final long FIRST_TELL_MS = 2_000;
  private static final long TELL_MS = 5_000;

  private final BooleanSupplier unwanted;
  private final Consumer<RuntimeException> failed;
  private volatile @Nullable RuntimeException fault;
  private volatile boolean over;

  /**
   * @param unwanted whether to wait no more
   * @param failed told of faults once the node serves
   */
  Waiting(BooleanSupplier unwanted, Consumer<RuntimeException> failed) {
    this.unwanted = unwanted;
    this.failed = failed;
  }

  /** The node cannot go on. */
  void fail(RuntimeException cause) {
    fault = cause;
    if (over) {
      failed.accept(cause);
    }
  }

  /** The node serves: nobody waits any more. */
  void over() {
    over = true;
    RuntimeException missed = fault;
    if (missed != null) {
      failed.accept(missed);
    }
  }

  void until(BooleanSupplier done, String missing) {
    until(done, () -> missing);
  }

  /**
   * Returns when {@code done} holds.
   *
   * @param missing what is waited for, for the log
   * @throws StartException when a fault came first
   */
  void until(BooleanSupplier done, Supplier<String> missing) {
    long startMs = SystemClock.INSTANCE.monotonicMs();
    long tellMs = startMs + FIRST_TELL_MS;
    while (!done.getAsBoolean()) {
      RuntimeException cause = fault;
      if (cause != null) {
        throw cause instanceof StartException said
            ? said
            : StartException.obstacle(String.valueOf(cause.getMessage()), cause);
      }
      if (unwanted.getAsBoolean()) {
        throw StartException.obstacle("start was given up", null);
      }
      if (Thread.currentThread().isInterrupted()) {
        throw StartException.obstacle("start was interrupted", null);
      }
      long nowMs = SystemClock.INSTANCE.monotonicMs();
      if (nowMs >= tellMs) {
        tellMs = nowMs + TELL_MS;
        LOG.log(
            Level.WARNING,
            "node waits, seconds={0}: {1}",
            Long.toString((nowMs - startMs) / 1_000),
            missing.get());
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }
}
