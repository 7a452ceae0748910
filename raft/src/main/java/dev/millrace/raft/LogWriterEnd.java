package dev.millrace.raft;

import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ends the thread of Ratis that writes the log as soon as it has nothing left to do. It waits for
 * work in looks of a second and is not told when it is closed, so that every end of a member takes
 * up to that second. It is interrupted here, and only where that can not hit a write: when whoever
 * closes it has begun to wait for its thread, after which it takes no more work, and when it waits
 * for work itself.
 */
final class LogWriterEnd {
  private static final String WRITER = "SegmentedRaftLogWorker";
  private static final long LOOK_MS = 1;

  private final String member;
  private final CountDownLatch closed = new CountDownLatch(1);

  private LogWriterEnd(String member) {
    this.member = member;
  }

  /**
   * Watches the end of a member, on a thread of its own, until {@link #over}.
   *
   * @param member name of the member, which the names of its threads begin with
   */
  static LogWriterEnd of(String member) {
    LogWriterEnd end = new LogWriterEnd(member);
    Thread.ofPlatform().name("voter-end").daemon().start(end::watch);
    return end;
  }

  /** The member is closed. */
  void over() {
    closed.countDown();
  }

  private void watch() {
    try {
      boolean isTold = false;
      while (!isTold && !closed.await(LOOK_MS, TimeUnit.MILLISECONDS)) {
        isTold = tell();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the member then takes its second
    }
  }

  private boolean tell() {
    Thread idle = null;
    boolean isAwaited = false;
    for (Thread thread : threads()) {
      if (thread != null && thread.getName().startsWith(member)) {
        StackTraceElement[] stack = thread.getStackTrace();
        if (thread.getName().endsWith(WRITER)) {
          idle = isIn(stack, "DataBlockingQueue", "poll") ? thread : null;
        } else {
          isAwaited |= isIn(stack, WRITER, "close") && isIn(stack, "", "awaitTermination");
        }
      }
    }
    if (idle != null && isAwaited) {
      idle.interrupt();
      return true;
    }
    return false;
  }

  private static Thread[] threads() {
    ThreadGroup group = Thread.currentThread().getThreadGroup();
    while (group.getParent() != null) {
      group = group.getParent();
    }
    Thread[] threads = new Thread[2 * group.activeCount() + 16];
    int count = group.enumerate(threads);
    return Arrays.copyOf(threads, count);
  }

  private static boolean isIn(StackTraceElement[] stack, String type, String method) {
    for (StackTraceElement frame : stack) {
      if (frame.getMethodName().equals(method) && frame.getClassName().endsWith(type)) {
        return true;
      }
    }
    return false;
  }
}
