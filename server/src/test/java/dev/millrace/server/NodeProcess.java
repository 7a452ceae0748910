package dev.millrace.server;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The program in a process of its own. */
final class NodeProcess implements AutoCloseable {
  private static final Pattern READY =
      Pattern.compile("ready kafka=(\\S+) http=(\\S+) node=(\\d+) data=(.+) in=(\\d+\\.\\d{3})");

  private final Process process;
  private final BufferedReader out;
  private final BufferedReader err;
  private @Nullable Matcher ready;

  private NodeProcess(Process process) {
    this.process = process;
    this.out = process.inputReader(StandardCharsets.UTF_8);
    this.err =
        new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8));
  }

  /** Starts {@code millrace ARGUMENTS}. */
  static NodeProcess run(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx128m"));
    command.addAll(
        List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(Main.class.getName());
    command.addAll(List.of(arguments));
    try {
      return new NodeProcess(new ProcessBuilder(command).start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts a server on free ports and waits until it says that it serves. */
  static NodeProcess server(Path data, String... more) {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("server", "--data", data.toString()));
    arguments.addAll(List.of("--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"));
    arguments.addAll(List.of(more));
    NodeProcess process = run(arguments.toArray(String[]::new));
    String line = process.line();
    Matcher matcher = READY.matcher(line == null ? "" : line);
    if (!matcher.matches()) {
      throw new AssertionError("not ready, line=" + line + " errors=" + process.errors());
    }
    process.ready = matcher;
    return process;
  }

  String kafka() {
    return readyField(1);
  }

  String http() {
    return readyField(2);
  }

  String readyField(int group) {
    Matcher matcher = ready;
    if (matcher == null) {
      throw new IllegalStateException("process is no server");
    }
    return matcher.group(group);
  }

  /** The next line of standard output; null at its end. */
  @Nullable String line() {
    try {
      return out.readLine();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The next line of standard error; null at its end. */
  @Nullable String errorLine() {
    try {
      return err.readLine();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All of standard error, when the process has ended. */
  String errors() {
    return String.join("\n", err.lines().toList());
  }

  /** Writes to its standard input, which stays open. */
  void input(String text) {
    try {
      BufferedWriter in = process.outputWriter(StandardCharsets.UTF_8);
      in.write(text);
      in.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads nothing more of its standard output. */
  void closeOutput() {
    try {
      out.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** SIGTERM; returns the exit code. The handle leaves our ends of the streams open. */
  int terminate() {
    process.toHandle().destroy();
    return exitCode();
  }

  /** SIGKILL. */
  void kill() {
    process.destroyForcibly();
    exitCode();
  }

  /** Waits for the end. */
  int exitCode() {
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    kill();
  }
}
