package dev.millrace.bench.load;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.requests.MetadataResponse;
import org.jspecify.annotations.Nullable;

/**
 * One tiny record every {@link #INTERVAL_MS} with acks=all to one partition of a cluster, over
 * plain sockets and on a thread of its own, and when each was accepted. It has nothing of its own
 * to wait for: what was refused, or broke, is sent again to whom the metadata names, after a pause
 * of {@link #PAUSE_MS}; nodes are asked for the metadata in turn.
 */
public final class Probe implements AutoCloseable {
  /** From a record that was accepted to the next. */
  public static final long INTERVAL_MS = 10;

  /** After something that was not accepted. */
  public static final long PAUSE_MS = 2;

  /** Without an answer in this time the connection is given up. */
  public static final int TIMEOUT_MS = 1_000;

  private static final long LOOK_MS = 1;

  private final List<Integer> ports;
  private final String topic;
  private final int partition;
  private final Thread thread;
  private final Object lock = new Object();
  private final List<Long> acceptedNanos = new ArrayList<>();
  private boolean ended;
  private int asked;

  /** Begins at once. */
  public Probe(List<Integer> ports, String topic, int partition) {
    this.ports = List.copyOf(ports);
    this.topic = topic;
    this.partition = partition;
    this.thread = Thread.ofPlatform().daemon().name("bench-probe-" + partition).start(this::run);
  }

  /** Waits for the first record that is accepted after {@code nanos}; returns when it was. */
  public long awaitAccepted(long nanos, double timeoutSeconds) {
    long deadline = System.nanoTime() + (long) (timeoutSeconds * 1e9);
    while (true) {
      synchronized (lock) {
        for (int i = acceptedNanos.size() - 1; i >= 0 && acceptedNanos.get(i) > nanos; i--) {
          if (i == 0 || acceptedNanos.get(i - 1) <= nanos) {
            return acceptedNanos.get(i);
          }
        }
      }
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "nothing was accepted, partition=" + partition + " seconds=" + timeoutSeconds);
      }
      Pause.millis(LOOK_MS);
    }
  }

  /** The longest time between two records that were accepted, in seconds. */
  public double longestPause() {
    synchronized (lock) {
      long longest = 0;
      for (int i = 1; i < acceptedNanos.size(); i++) {
        longest = Math.max(longest, acceptedNanos.get(i) - acceptedNanos.get(i - 1));
      }
      return longest / 1e9;
    }
  }

  /** What was accepted so far counts no more. */
  public void forget() {
    synchronized (lock) {
      acceptedNanos.clear();
    }
  }

  private void run() {
    while (!isEnded()) {
      try {
        Integer leaderPort = leaderPort();
        if (leaderPort != null) {
          send(leaderPort);
        }
      } catch (IOException e) {
        // whoever leads then is asked after the pause
      }
      Pause.millis(PAUSE_MS);
    }
  }

  private void send(int leaderPort) throws IOException {
    try (BrokerSocket socket = new BrokerSocket(leaderPort, TIMEOUT_MS)) {
      while (!isEnded() && TinyProduce.accepted(socket, topic, partition)) {
        long now = System.nanoTime();
        synchronized (lock) {
          acceptedNanos.add(now);
        }
        Pause.until(now + TimeUnit.MILLISECONDS.toNanos(INTERVAL_MS));
      }
    }
  }

  private @Nullable Integer leaderPort() throws IOException {
    int port = ports.get(asked++ % ports.size());
    try (BrokerSocket socket = new BrokerSocket(port, TIMEOUT_MS)) {
      MetadataResponse answer = socket.metadata(List.of(topic), false);
      Map<Integer, Integer> portOf = new HashMap<>();
      answer.brokers().forEach(broker -> portOf.put(broker.id(), broker.port()));
      return answer.topicMetadata().stream()
          .flatMap(found -> found.partitionMetadata().stream())
          .filter(found -> found.partition() == partition)
          .flatMap(found -> found.leaderId.stream())
          .filter(portOf::containsKey)
          .findFirst()
          .map(portOf::get)
          .orElse(null);
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
  }
}
