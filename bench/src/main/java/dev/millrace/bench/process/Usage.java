package dev.millrace.bench.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a running process has used so far, read from {@code /proc}. */
public final class Usage {
  private final Path proc;

  public Usage(long pid) {
    this.proc = Path.of("/proc", Long.toString(pid));
  }

  /** Processor time of all threads since the start, in seconds, to a hundredth. */
  public double cpuSeconds() {
    return ProcStat.parse(read("stat")).cpuSeconds();
  }

  public ProcStatus status() {
    return ProcStatus.parse(read("status"));
  }

  private String read(String file) {
    try {
      return Files.readString(proc.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException("process is gone, path=" + proc, e);
    }
  }
}
