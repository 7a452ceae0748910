package dev.millrace.bench.contender;

import java.nio.file.Path;

/** A broker's program on this machine: what must be done once for a directory, and how it runs. */
public interface Distribution {

  /**
   * Makes a fresh node's directory ready, once, before its first start.
   *
   * @param directory empty; the node may use all of it
   * @param seat its id and ports
   */
  void prepare(Path directory, Seat seat, Order order);

  Launch launch(Path directory, Seat seat, Order order);
}
