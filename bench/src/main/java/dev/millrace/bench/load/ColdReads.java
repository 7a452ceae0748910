package dev.millrace.bench.load;

import dev.millrace.bench.contender.Node;
import dev.millrace.bench.contender.Stand;
import org.jspecify.annotations.Nullable;

/**
 * A consumer at full speed over bytes that are on disk only, on a thread of its own: when it has
 * read all, the bytes are dropped from the page cache and it begins again. Closing waits for the
 * round that is under way, and fails when a round has failed.
 */
public final class ColdReads implements AutoCloseable {
  private final Stand stand;
  private final Rdkafka rdkafka;
  private final Node node;
  private final String topic;
  private final long records;
  private final Thread thread;
  private final Object lock = new Object();
  private boolean ended;
  private @Nullable RuntimeException failure;

  public ColdReads(Stand stand, Rdkafka rdkafka, Node node, String topic, long records) {
    this.stand = stand;
    this.rdkafka = rdkafka;
    this.node = node;
    this.topic = topic;
    this.records = records;
    this.thread = Thread.ofPlatform().daemon().name("bench-cold-reads").start(this::read);
  }

  private void read() {
    try {
      while (!isEnded()) {
        PageCache.drop(stand, node, topic);
        rdkafka.consume(node, topic, records, 1);
      }
    } catch (RuntimeException e) {
      synchronized (lock) {
        failure = e;
      }
    }
  }

  private boolean isEnded() {
    synchronized (lock) {
      return ended;
    }
  }

  @Override
  public void close() {
    synchronized (lock) {
      ended = true;
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    synchronized (lock) {
      if (failure != null) {
        throw failure;
      }
    }
  }
}
