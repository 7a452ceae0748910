package dev.millrace.bench.contender;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A node's place: its id and the ports of its listeners on 127.0.0.1.
 *
 * @param id of the node
 * @param port of the clients' listener
 * @param controllerPort of the controllers' listener, for those who have one of their own
 * @param voters of the cluster as {@code id@host:port,...}, empty for a node that is alone
 */
public record Seat(int id, int port, int controllerPort, String voters) {

  /** A place for one node that is a cluster by itself. */
  static Seat alone() {
    return new Seat(1, Ports.free(), Ports.free(), "");
  }

  /** Places for nodes with the ids from 1 on, each of them a voter. */
  static List<Seat> together(int nodes) {
    List<Integer> ports = Ports.free(2 * nodes);
    String voters =
        IntStream.range(0, nodes)
            .mapToObj(i -> (i + 1) + "@127.0.0.1:" + ports.get(nodes + i))
            .collect(Collectors.joining(","));
    List<Seat> seats = new ArrayList<>();
    for (int i = 0; i < nodes; i++) {
      seats.add(new Seat(i + 1, ports.get(i), ports.get(nodes + i), voters));
    }
    return List.copyOf(seats);
  }

  boolean isAlone() {
    return voters.isEmpty();
  }
}
