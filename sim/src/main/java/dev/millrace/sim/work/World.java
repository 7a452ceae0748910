package dev.millrace.sim.work;

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

  /** Whether clients begin nothing new. */
  public boolean isOver() {
    return over;
  }

  /** It is enough. */
  public void end() {
    over = true;
  }

  /** A machine for a client. */
  Seat seat(String name) {
    int number = clients++;
    Turns turns = cluster.owners().owner(name);
    return new Seat(
        name,
        turns,
        cluster.client(number, name, turns),
        cluster.owners().random("client-" + name));
  }

  /** Where a client sits. */
  record Seat(String name, Turns turns, Network network, RandomGenerator random) {}
}
