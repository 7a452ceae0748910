package dev.millrace.bench.contender;

import java.nio.file.Path;

/** A broker's program on this machine: what must be done once for a directory, and how it runs. */
public interface Distribution {

  /**
   * Makes a fresh node's directory ready, once, before its first start.
   *
   * @param directory empty; the node may use all of it
   * @param port of the clients' listener on 127.0.0.1
   */
  void prepare(Path directory, int port, Order order);

  Launch launch(Path directory, int port, Order order);
}
