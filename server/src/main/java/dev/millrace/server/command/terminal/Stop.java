package dev.millrace.server.command.terminal;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The end of a process that is told to stop (Ctrl-C, SIGTERM) in the midst of long work: somebody
 * wants to know what was done. Close it when the work is done. Safe for any thread.
 */
public final class Stop implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 5;

  private final Runnable action;
  private final CountDownLatch done = new CountDownLatch(1);
  private final Thread hook = Thread.ofPlatform().name("stop").unstarted(this::stop);
  private volatile boolean asked;

  private Stop(Runnable action, boolean isAll) {
    this.action =
        isAll
            ? () -> {
              try {
                action.run();
              } finally {
                done.countDown();
              }
            }
            : action;
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** The work waits for somebody else: the action is all that happens, up to five seconds. */
  public static Stop with(Runnable action) {
    return new Stop(action, true);
  }

  /** The work looks at {@link #isAsked}, ends itself and tells, within five seconds. */
  public static Stop ofLoop() {
    return new Stop(() -> {}, false);
  }

  /** Whether the work shall end. */
  public boolean isAsked() {
    return asked;
  }

  private void stop() {
    asked = true;
    Thread.ofVirtual().name("stopping").start(action);
    try {
      boolean ignored = done.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    done.countDown();
    try {
      boolean ignored = Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // the process ends already
    }
  }
}
