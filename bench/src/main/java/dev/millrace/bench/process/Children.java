package dev.millrace.bench.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Every process that a measurement starts; none of them outlives this one. */
public final class Children implements AutoCloseable {
  private static final long DEATH_SECONDS = 10;

  private final Set<Process> running = ConcurrentHashMap.newKeySet();
  private boolean closed;

  public Children() {
    Runtime.getRuntime().addShutdownHook(new Thread(this::close, "bench-children"));
  }

  /** Starts a command in {@code directory} with its output, errors too, in {@code output}. */
  public Process start(
      List<String> command, Map<String, String> environment, Path directory, Path output) {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().putAll(environment);
    try {
      return start(builder);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start " + command.getFirst(), e);
    }
  }

  private Process start(ProcessBuilder builder) throws IOException {
    synchronized (running) {
      if (closed) {
        throw new IllegalStateException("the measurement has ended");
      }
      Process process = builder.start();
      running.removeIf(earlier -> !earlier.isAlive());
      running.add(process);
      return process;
    }
  }

  /** Ends what still runs, and what that started, at once; nothing can be started any more. */
  @Override
  public void close() {
    synchronized (running) {
      closed = true;
    }
    endAll();
  }

  /** Ends what still runs, and what that started. */
  public void endAll() {
    for (Process process : running) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    running.forEach(Children::await);
  }

  private static void await(Process process) {
    try {
      process.waitFor(DEATH_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
