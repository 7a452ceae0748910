package dev.millrace.bench.load;

import dev.millrace.bench.process.Children;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A foreign client that runs for a while and prints what it did. */
final class ClientProcess {
  private static final long TIMEOUT_SECONDS = 300;

  private final Process process;
  private final Path output;
  private final String name;

  ClientProcess(Children children, Path folder, List<String> command) {
    this.output = folder.resolve("client.log");
    this.name = Path.of(command.getFirst()).getFileName().toString();
    this.process = children.start(command, Map.of(), folder, output);
  }

  /** What it printed, after it has ended well. */
  String await() {
    try {
      if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException(name + " hung: " + end(read()));
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
    String text = read();
    if (process.exitValue() != 0) {
      throw new IllegalStateException(
          name + " failed, exit=" + process.exitValue() + ": " + end(text));
    }
    return text;
  }

  boolean running() {
    return process.isAlive();
  }

  private String read() {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + output, e);
    }
  }

  private static String end(String text) {
    String stripped = text.strip();
    return stripped.substring(Math.max(0, stripped.length() - 400)).replace('\n', ' ');
  }
}
