package dev.millrace.server.command.records;

import dev.millrace.client.consumer.Consumer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Closes a consumer, also when the process is told to stop (Ctrl-C): a member that only vanished
 * would keep its partitions until its session ends.
 */
final class LeaveAtEnd implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 5;

  private final Consumer<?, ?> consumer;
  private final CountDownLatch left = new CountDownLatch(1);
  private final Thread hook = Thread.ofPlatform().name("leave").unstarted(this::stop);

  private LeaveAtEnd(Consumer<?, ?> consumer) {
    this.consumer = consumer;
  }

  static LeaveAtEnd of(Consumer<?, ?> consumer) {
    return new LeaveAtEnd(consumer);
  }

  /** From now on the end of the process waits for the consumer. */
  void begin() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** The consumer is used by one thread, which is woken and closes it. */
  private void stop() {
    consumer.wakeup();
    try {
      boolean ignored = left.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    try {
      consumer.close();
    } finally {
      left.countDown();
      try {
        boolean ignored = Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // the process ends already
      }
    }
  }
}
