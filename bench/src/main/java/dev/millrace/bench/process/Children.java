package dev.millrace.bench.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Every process that a measurement starts; none of them outlives this one. */
public final class Children implements AutoCloseable {
  private final Set<Process> running = ConcurrentHashMap.newKeySet();

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
      Process process = builder.start();
      running.removeIf(earlier -> !earlier.isAlive());
      running.add(process);
      return process;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start " + command.getFirst(), e);
    }
  }

  /** Ends what still runs, and what that started, at once. */
  @Override
  public void close() {
    for (Process process : running) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }
}
