package dev.millrace.bench.contender;

import dev.millrace.bench.load.TinyProduce;
import dev.millrace.bench.process.Children;
import dev.millrace.bench.process.Folders;
import dev.millrace.bench.process.Usage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** A broker's process with its directory; closing it ends the one and deletes the other. */
public final class Node implements AutoCloseable {
  private static final long READY_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final double PROBE_SECONDS = 2;
  private static final long STOP_SECONDS = 20;

  private final Distribution distribution;
  private final Children children;
  private final Path directory;
  private final Seat seat;
  private final Order order;
  private Process process;
  private long startedNanos;

  private Node(
      Distribution distribution, Children children, Path directory, Seat seat, Order order) {
    this.distribution = distribution;
    this.children = children;
    this.directory = directory;
    this.seat = seat;
    this.order = order;
    distribution.prepare(directory, seat, order);
    this.startedNanos = System.nanoTime();
    this.process = spawn();
  }

  /** Starts a node in an empty directory and does not wait for it. */
  static Node start(
      Distribution distribution, Children children, Path directory, Seat seat, Order order) {
    return new Node(distribution, children, directory, seat, order);
  }

  public int id() {
    return seat.id();
  }

  public String bootstrap() {
    return "127.0.0.1:" + seat.port();
  }

  public int port() {
    return seat.port();
  }

  /** Where the node keeps its partitions. */
  public Path data() {
    return directory.resolve("data");
  }

  public Usage usage() {
    return new Usage(process.pid());
  }

  public boolean alive() {
    return process.isAlive();
  }

  /** Seconds since the process of the latest start was asked for. */
  public double secondsSinceStart() {
    return (System.nanoTime() - startedNanos) / 1e9;
  }

  /** Waits until the node accepts a record, in a topic of its own for that. */
  public Node awaitReady() {
    long deadline = System.nanoTime() + READY_NANOS;
    while (System.nanoTime() < deadline) {
      if (!process.isAlive()) {
        throw new IllegalStateException("node ended by itself, output: " + lastOutput());
      }
      if (TinyProduce.isAccepted(seat.port(), "ready", PROBE_SECONDS)) {
        return this;
      }
    }
    throw new IllegalStateException("node is not ready after a minute: " + lastOutput());
  }

  /** Whether the node ended because somebody else listens on its port. */
  boolean hasLostItsPort() {
    String output = lastOutput().toLowerCase(Locale.ROOT);
    return !process.isAlive()
        && (output.contains("address is in use") || output.contains("address already in use"));
  }

  /** The end of what the node printed. */
  public String lastOutput() {
    try {
      String text = Files.readString(directory.resolve("output.log")).strip();
      return text.substring(Math.max(0, text.length() - 600)).replace('\n', ' ');
    } catch (IOException e) {
      return "none";
    }
  }

  /** Kills the process as a power loss would not: the page cache stays. */
  public void kill() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    await();
  }

  /** Asks the process to end in order and waits until it has. */
  public void stop() {
    process.destroy();
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("node does not stop, id=" + seat.id());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Starts again over the same directory. */
  public void startAgain() {
    startedNanos = System.nanoTime();
    process = spawn();
  }

  @Override
  public void close() {
    List<ProcessHandle> started = process.descendants().toList();
    process.destroy();
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        kill();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    } finally {
      started.forEach(ProcessHandle::destroyForcibly);
      Folders.delete(directory);
    }
  }

  private Process spawn() {
    Launch launch = distribution.launch(directory, seat, order);
    return children.start(
        launch.command(), launch.environment(), directory, directory.resolve("output.log"));
  }

  private void await() {
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
