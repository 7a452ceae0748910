package dev.millrace.net.sim;

import dev.millrace.base.sim.SimOwners;
import dev.millrace.base.time.Clock;
import dev.millrace.base.turns.Turns;
import dev.millrace.net.Endpoint;
import dev.millrace.net.FrameHandler;
import dev.millrace.net.call.Exchange;
import dev.millrace.net.call.Links;
import dev.millrace.net.call.Network;
import dev.millrace.wire.Request;
import dev.millrace.wire.Response;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The network of a simulated cluster. Nodes have numbers; each listens at addresses with a handler
 * of frames and calls others through a {@link Network} of its own. Frames are really written and
 * read; they take the time that the seed says, one after another in each direction of a connection,
 * as TCP brings them. Links are cut and healed, connections lost, nodes killed by whoever drives
 * the simulation, all in its one thread.
 */
public final class SimNetwork {
  private static final long CONNECT_MS = 2_000;
  private static final long NEGOTIATION_MS = 6_000;
  private static final int DELAY_MS_MAX = 2;
  private static final int PER_MILLE = 1_000;

  private final SimOwners owners;
  private final RandomGenerator random;
  private final Map<Endpoint, Integer> places = new HashMap<>();
  private final Map<Endpoint, Door> doors = new HashMap<>();
  private final Set<Direction> cuts = new HashSet<>();
  private final Set<Integer> isolated = new HashSet<>();
  private final List<SimPipe> pipes = new ArrayList<>();
  private int delayMsMax = DELAY_MS_MAX;
  private int lossPerMille;
  private long connectionIds;

  /** Where a node listens. */
  record Door(int node, String listener, Turns loop, FrameHandler handler) {}

  private record Direction(int from, int to) {}

  /** All nodes are reachable and nothing is lost. */
  public SimNetwork(SimOwners owners) {
    this.owners = owners;
    this.random = owners.random("network");
  }

  /**
   * Lets a node listen, also again after it was killed.
   *
   * @param listener its name, as {@link dev.millrace.net.Connection#listener} tells it
   * @param loop in whose turns the handler runs
   */
  public void listen(int node, Endpoint at, String listener, Turns loop, FrameHandler handler) {
    places.put(at, node);
    doors.put(at, new Door(node, listener, loop, handler));
  }

  /** The network as {@code node} sees it; its answers come in turns of {@code owner}. */
  public Network network(int node, String clientId, Turns owner) {
    return new View(node, clientId, owner);
  }

  /** The node's process is gone: it listens no more, and its connections break on both sides. */
  public void kill(int node) {
    doors.values().removeIf(door -> door.node() == node);
    List.copyOf(pipes).forEach(pipe -> pipe.died(node));
  }

  /** Nothing gets from one node to the other, in neither direction, until {@link #heal}. */
  public void cut(int a, int b) {
    cutOneWay(a, b);
    cutOneWay(b, a);
  }

  /** Nothing gets from {@code from} to {@code to}. */
  public void cutOneWay(int from, int to) {
    cuts.add(new Direction(from, to));
  }

  /** Nothing gets from this node to others, nor to it. */
  public void isolate(int node) {
    isolated.add(node);
  }

  /** All links work again; what was held up arrives. */
  public void heal() {
    cuts.clear();
    isolated.clear();
    List.copyOf(pipes).forEach(SimPipe::resume);
  }

  /** Breaks the connections between two nodes; new ones can be made. */
  public void breakConnections(int a, int b) {
    for (SimPipe pipe : List.copyOf(pipes)) {
      if (pipe.joins(a, b)) {
        pipe.lose();
      }
    }
  }

  /**
   * How unkind the network is from now on.
   *
   * @param delayMsMax most milliseconds that a frame takes
   * @param lossPerMille of a thousand frames, how many break their connection
   */
  public void weather(int delayMsMax, int lossPerMille) {
    this.delayMsMax = delayMsMax;
    this.lossPerMille = lossPerMille;
  }

  boolean isCut(int from, int to) {
    return from != to
        && (cuts.contains(new Direction(from, to))
            || isolated.contains(from)
            || isolated.contains(to));
  }

  long delayMs() {
    return random.nextInt(delayMsMax + 1);
  }

  boolean loses() {
    return lossPerMille > 0 && random.nextInt(PER_MILLE) < lossPerMille;
  }

  /** The node that has an address; -1 when none ever had it. */
  int place(Endpoint at) {
    return places.getOrDefault(at, -1);
  }

  @Nullable Door door(Endpoint at) {
    return doors.get(at);
  }

  long nextConnectionId() {
    return connectionIds++;
  }

  void ended(SimPipe pipe) {
    pipes.remove(pipe);
  }

  private SimPipe connect(int from, Turns owner, Endpoint to) {
    SimPipe pipe = new SimPipe(this, from, owner, to, CONNECT_MS);
    pipes.add(pipe);
    return pipe;
  }

  /** One node's way to the others. */
  private final class View implements Network {
    private final Turns owner;
    private final Links links;

    View(int node, String clientId, Turns owner) {
      this.owner = owner;
      this.links = new Links(clientId, NEGOTIATION_MS, to -> connect(node, owner, to));
    }

    @Override
    public Turns turns() {
      return owner;
    }

    @Override
    public Clock clock() {
      return owners.clock();
    }

    @Override
    public <R extends Response> void call(Endpoint to, Lane lane, Exchange<R> exchange) {
      links.call(to, lane, exchange);
    }

    @Override
    public void send(Endpoint to, Request request, int highest) {
      links.send(to, request, highest);
    }

    @Override
    public void close() {
      owner.submit(links::close);
    }
  }
}
