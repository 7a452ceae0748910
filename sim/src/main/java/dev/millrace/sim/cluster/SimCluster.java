package dev.millrace.sim.cluster;

import dev.millrace.base.sim.SimOwners;
import dev.millrace.base.turns.Turns;
import dev.millrace.net.Endpoint;
import dev.millrace.net.call.Network;
import dev.millrace.net.sim.SimNetwork;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.sim.SharedLog;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * A cluster of whole nodes, numbered from 1, and machines of clients beside it. Whoever makes
 * faults does so through {@link Machine} and the links here.
 */
public final class SimCluster {
  /** Name of the listener of brokers. */
  public static final String LISTENER = "PLAINTEXT";

  static final String ID = "simulated-cluster-0001";

  private static final int BROKER_PORT = 9092;
  private static final int CONTROLLER_PORT = 9093;
  private static final long ORIGIN_NANOS_MAX = 1L << 40;

  private final SimOwners owners;
  private final SimNetwork network;
  private final SharedLog metadata;
  private final Turns supervisor;
  private final Trace trace;
  private final Setup setup;
  private final Observer observer;
  private final List<Machine> machines = new ArrayList<>();
  private final Set<Link> cuts = new HashSet<>();

  /** One direction between two machines. */
  private record Link(int from, int to) {}

  /**
   * What a cluster is like.
   *
   * @param nodes how many; all of them have a vote on the metadata
   * @param settings of every node
   * @param journalAfterRounds of syncs a directory gets its flush journal
   * @param isLoud whether events are printed when they happen
   */
  public record Setup(
      int nodes,
      Map<String, String> settings,
      int journalAfterRounds,
      Alterations alterations,
      boolean isLoud) {}

  /** No node lives yet. */
  public SimCluster(SimOwners owners, Setup setup, Observer observer) {
    this.owners = owners;
    this.setup = setup;
    this.observer = observer;
    this.network = new SimNetwork(owners);
    this.metadata = new SharedLog(owners, IntStream.rangeClosed(1, setup.nodes).boxed().toList());
    this.supervisor = owners.owner("supervisor");
    this.trace = new Trace(owners.clock()::elapsedNanos, setup.isLoud);
    RandomGenerator random = owners.random("machines");
    for (int id = 1; id <= setup.nodes; id++) {
      machines.add(new Machine(this, id, random.nextLong(ORIGIN_NANOS_MAX)));
    }
  }

  public SimOwners owners() {
    return owners;
  }

  public SimNetwork network() {
    return network;
  }

  public SharedLog metadata() {
    return metadata;
  }

  public Trace trace() {
    return trace;
  }

  /** In their order. */
  public List<Machine> machines() {
    return machines;
  }

  /** The machine of a node. */
  public Machine machine(int id) {
    return machines.get(id - 1);
  }

  /** An owner outside of all nodes, for whoever acts on them. */
  public Turns supervisor() {
    return supervisor;
  }

  /** Where clients find the nodes. */
  public String bootstrap() {
    return String.join(
        ",", machines.stream().map(one -> "node" + one.id() + ":" + BROKER_PORT).toList());
  }

  /** A network for a client, whose machine has a number of its own. */
  public Network client(int number, String clientId, Turns owner) {
    return network.network(number, clientId, owner);
  }

  /** The newest image that a living node has; the empty one when there is none. */
  public ClusterImage image() {
    ClusterImage newest = ClusterImage.EMPTY;
    for (Machine machine : machines) {
      Life life = machine.life();
      if (life != null && life.quorum().image().offset() > newest.offset()) {
        newest = life.quorum().image();
      }
    }
    return newest;
  }

  /** Cuts a link, in one direction. */
  public void cutOneWay(int from, int to) {
    trace.add("cut " + from + " -> " + to);
    cuts.add(new Link(from, to));
    network.cutOneWay(from, to);
    look();
  }

  /** All links work again. */
  public void heal() {
    if (!cuts.isEmpty()) {
      trace.add("heal");
      cuts.clear();
      network.heal();
      look();
    }
  }

  /** Whether a link is cut. */
  public boolean isCut() {
    return !cuts.isEmpty();
  }

  /** Voters that reach no majority both ways, or hang, take no part in agreement. */
  void look() {
    for (Machine machine : machines) {
      long reached =
          machines.stream()
              .filter(other -> other != machine && !other.isPaused())
              .filter(other -> joined(machine.id(), other.id()))
              .count();
      if (machine.isPaused() || reached < machines.size() / 2) {
        metadata.cut(machine.id());
      } else {
        metadata.heal(machine.id());
      }
    }
  }

  private boolean joined(int a, int b) {
    return !cuts.contains(new Link(a, b)) && !cuts.contains(new Link(b, a));
  }

  Alterations alterations() {
    return setup.alterations;
  }

  int journalAfterRounds() {
    return setup.journalAfterRounds;
  }

  Map<String, String> settings(int node) {
    return Life.named(node, setup.settings);
  }

  Map<Integer, Endpoint> controllers() {
    Map<Integer, Endpoint> all = new TreeMap<>();
    machines.forEach(one -> all.put(one.id(), controllerAt(one.id())));
    return all;
  }

  Endpoint controllerAt(int node) {
    return new Endpoint("node" + node, CONTROLLER_PORT);
  }

  Endpoint brokerAt(int node) {
    return new Endpoint("node" + node, BROKER_PORT);
  }

  void acknowledged(int node, Observer.Sent sent, long baseOffset) {
    observer.acknowledged(node, sent, baseOffset);
  }

  /** Something that must never be. */
  public void broken(String what) {
    trace.add("BROKEN " + what);
    observer.broken(what);
  }
}
