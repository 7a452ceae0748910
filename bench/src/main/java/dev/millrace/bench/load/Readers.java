package dev.millrace.bench.load;

import java.util.List;

/** Consumers that are at work in processes of their own. */
public final class Readers {
  private final List<ClientProcess> processes;
  private final long startNanos;

  Readers(List<ClientProcess> processes, long startNanos) {
    this.processes = List.copyOf(processes);
    this.startNanos = startNanos;
  }

  /**
   * What all of them read together, when the last one has its records. The time of a single one is
   * what it says itself; of several it is that from the first start to the last end.
   */
  public Load await() {
    long records = 0;
    long bytes = 0;
    double seconds = 0;
    for (ClientProcess process : processes) {
      Load load = Summaries.consumed(process.await());
      records += load.records();
      bytes += load.bytes();
      seconds = load.wallSeconds();
    }
    double wall = processes.size() == 1 ? seconds : (System.nanoTime() - startNanos) / 1e9;
    return new Load(records, bytes, wall);
  }
}
