package dev.millrace.bench.load;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One small thing asked of a cluster every {@link #INTERVAL_MS}, over plain sockets and on a thread
 * of its own, and when each was accepted. It has nothing of its own to wait for: what was refused,
 * or broke, is asked again of whom the cluster names, after a pause of {@link #PAUSE_MS}; nodes are
 * asked in turn who that is.
 */
public final class Probe implements AutoCloseable {
  /** From one that was accepted to the next. */
  public static final long INTERVAL_MS = 10;

  /** After something that was not accepted. */
  public static final long PAUSE_MS = 2;

  /** Without an answer in this time the connection is given up. */
  public static final int TIMEOUT_MS = 1_000;

  private static final long LOOK_MS = 1;

  private final List<Integer> ports;
  private final Beat beat;
  private final Thread thread;
  private final Object lock = new Object();
  private final List<Long> acceptedNanos = new ArrayList<>();
  private boolean ended;
  private int asked;

  /** Begins at once. */
  public Probe(List<Integer> ports, Beat beat) {
    this.ports = List.copyOf(ports);
    this.beat = beat;
    this.thread = Thread.ofPlatform().daemon().name("bench-probe").start(this::run);
  }

  /** A tiny record with acks=all to one partition, again and again. */
  public static Probe produce(List<Integer> ports, String topic, int partition) {
    return new Probe(ports, new ProduceBeat(topic, partition));
  }

  /** Waits for the first that is accepted after {@code nanos}; returns when it was. */
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
            "nothing was accepted, beat=" + beat + " seconds=" + timeoutSeconds);
      }
      Pause.millis(LOOK_MS);
    }
  }

  /** The longest time between two that were accepted, in seconds. */
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
        Integer port = port();
        if (port != null) {
          send(port);
        }
      } catch (IOException e) {
        // whoever does it then is asked after the pause
      }
      Pause.millis(PAUSE_MS);
    }
  }

  private void send(int port) throws IOException {
    try (BrokerSocket socket = new BrokerSocket(port, TIMEOUT_MS)) {
      while (!isEnded() && beat.accepted(socket)) {
        long now = System.nanoTime();
        synchronized (lock) {
          acceptedNanos.add(now);
        }
        Pause.until(now + TimeUnit.MILLISECONDS.toNanos(INTERVAL_MS));
      }
    }
  }

  private @Nullable Integer port() throws IOException {
    try (BrokerSocket socket = new BrokerSocket(ports.get(asked++ % ports.size()), TIMEOUT_MS)) {
      return beat.port(socket);
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
