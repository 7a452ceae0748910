package dev.millrace.sim.work;

import dev.millrace.base.sim.SimOwners;
import dev.millrace.base.turns.Turns;
import dev.millrace.net.call.Network;
import dev.millrace.sim.cluster.SimCluster;
import java.util.random.RandomGenerator;

/** What all clients share. */
public final class World {
  private static final int FIRST_CLIENT = 100;

  private final SimCluster cluster;
  private final History history;
  private int clients = FIRST_CLIENT;
  private boolean over;
  private boolean closed;

  public World(SimCluster cluster, History history) {
    this.cluster = cluster;
    this.history = history;
  }

  public SimCluster cluster() {
    return cluster;
  }

  public History history() {
    return history;
  }

  /** Whether nothing new is written. */
  public boolean isOver() {
    return over;
  }

  /** It is enough: nothing new is written, what is there is read and copied. */
  public void end() {
    over = true;
  }

  /** Whether clients that follow others begin nothing new. */
  public boolean isClosed() {
    return closed;
  }

  /** Everything is read and copied. */
  public void close() {
    closed = true;
  }

  /** A machine for a client. */
  Seat seat(String name) {
    int number = clients++;
    SimOwners.Machine machine = cluster.owners().machine(name);
    Turns turns = machine.owner("client");
    return new Seat(
        name,
        number,
        machine,
        turns,
        cluster.client(number, name, turns),
        cluster.owners().random("client-" + name));
  }

  /** The process of a client is gone from one moment to the next. */
  void kill(Seat seat) {
    cluster.trace().add("kill " + seat.name);
    seat.machine.crash();
    cluster.network().kill(seat.number);
  }

  /** Where a client sits. */
  record Seat(
      String name,
      int number,
      SimOwners.Machine machine,
      Turns turns,
      Network network,
      RandomGenerator random) {}
}
