package dev.millrace.server;

import dev.millrace.base.settings.BrokerSettings;
import dev.millrace.base.settings.Listener;
import dev.millrace.net.Endpoint;
import dev.millrace.net.FrameHandler;
import dev.millrace.net.ListenerAddress;
import dev.millrace.net.ListenerLimits;
import dev.millrace.net.ListenerLimits.SocketOptions;
import dev.millrace.net.LoopLimits;
import dev.millrace.net.Loops;
import dev.millrace.net.NetException;
import dev.millrace.quorum.record.RegisterBrokerRecord.BrokerEndpoint;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The listeners of a node and the loops that serve them. They take their addresses early, so that a
 * port in use stops a start before it did any work, and let clients in when the node can answer;
 * clients that come in between wait in the system's queue.
 */
final class Doors {
  private static final short PLAINTEXT = 0;

  private final Loops loops;
  private final List<Door> doors;
  private final Desk desk;
  private final dev.millrace.net.@Nullable Listener controllers;
  private final Desk controllerDesk;

  /** A listener and where clients are told to find it. */
  private record Door(dev.millrace.net.Listener listener, Listener advertised) {}

  private Doors(
      Loops loops,
      List<Door> doors,
      Desk desk,
      dev.millrace.net.@Nullable Listener controllers,
      Desk controllerDesk) {
    this.loops = loops;
    this.doors = doors;
    this.desk = desk;
    this.controllers = controllers;
    this.controllerDesk = controllerDesk;
  }

  /**
   * Takes the addresses of all listeners.
   *
   * @throws StartException when one cannot be had
   */
  static Doors bind(NodePlan plan) {
    Loops loops = Loops.start("loop", loopLimits(plan.settings()), plan.clock());
    List<Door> doors = new ArrayList<>();
    Desk desk = new Desk();
    Desk controllerDesk = new Desk();
    try {
      for (Listener wanted : plan.listeners()) {
        dev.millrace.net.Listener bound = bind(plan, loops, wanted, desk);
        doors.add(new Door(bound, plan.advertised(wanted, bound.address().getPort())));
      }
      Listener ofController = plan.isVoter() ? plan.controllerListener() : null;
      return new Doors(
          loops,
          doors,
          desk,
          ofController == null ? null : bind(plan, loops, ofController, controllerDesk),
          controllerDesk);
    } catch (NetException e) {
      new Doors(loops, doors, desk, null, controllerDesk).closeAll();
      throw StartException.obstacle(String.valueOf(e.getMessage()), e);
    }
  }

  private static dev.millrace.net.Listener bind(
      NodePlan plan, Loops loops, Listener wanted, Desk desk) {
    return dev.millrace.net.Listener.bind(
        loops,
        new ListenerAddress(wanted.name(), wanted.isWildcard() ? "" : wanted.host(), wanted.port()),
        desk,
        listenerLimits(plan));
  }

  /** The loops that serve all listeners. */
  Loops loops() {
    return loops;
  }

  /** Whether controllers are found at an address of this node. */
  boolean hasController() {
    return controllers != null;
  }

  /** Lets voters, brokers and tools in that want the controller, if it has a listener. */
  void openController(FrameHandler handler) {
    controllerDesk.open(handler);
    if (controllers != null) {
      controllers.start();
    }
  }

  /** What the cluster is told of the listeners. */
  List<BrokerEndpoint> endpoints() {
    List<BrokerEndpoint> endpoints = new ArrayList<>();
    for (Door door : doors) {
      Listener told = door.advertised();
      endpoints.add(new BrokerEndpoint(told.name(), told.host(), told.port(), PLAINTEXT));
    }
    return endpoints;
  }

  /** Where clients find the first listener, or the controller where there is no other. */
  Endpoint first() {
    if (doors.isEmpty() && controllers != null) {
      InetSocketAddress bound = controllers.address();
      return new Endpoint(bound.getHostString(), bound.getPort());
    }
    Listener told = doors.getFirst().advertised();
    return new Endpoint(told.host(), told.port());
  }

  /** Where the node itself reaches one of its listeners, the first where there is none so named. */
  Endpoint near(String listenerName) {
    Door near =
        doors.stream()
            .filter(door -> door.advertised().name().equals(listenerName))
            .findFirst()
            .orElse(doors.getFirst());
    InetSocketAddress bound = near.listener().address();
    InetAddress address = bound.getAddress();
    boolean isAny = address == null || address.isAnyLocalAddress();
    String host = isAny ? InetAddress.getLoopbackAddress().getHostAddress() : bound.getHostString();
    return new Endpoint(host, bound.getPort());
  }

  /** Lets clients in. */
  void open(FrameHandler handler) {
    desk.open(handler);
    doors.forEach(door -> door.listener().start());
  }

  /** Lets no client in any more and ends what is in work. */
  void close(long graceMs) {
    doors.forEach(door -> door.listener().close(graceMs));
  }

  /** Lets in as many as these settings allow; heard of again whenever they change. */
  void limit(BrokerSettings settings) {
    loops.limitConnections(connectionsMax(settings), connectionsPerAddressMax(settings));
  }

  /** Lets nobody in any more at all. */
  void closeAll() {
    close(0);
    if (controllers != null) {
      controllers.close(0);
    }
    loops.close();
  }

  private static LoopLimits loopLimits(BrokerSettings settings) {
    LoopLimits limits =
        LoopLimits.ofMachine()
            .withConnectionsMax(connectionsMax(settings))
            .withConnectionsPerAddressMax(connectionsPerAddressMax(settings));
    int loops = settings.intValue("millrace.loops");
    long requestBytes = settings.longValue("queued.max.request.bytes");
    limits = loops > 0 ? limits.withThreads(loops) : limits;
    return requestBytes > 0 ? limits.withRequestBytesMax(requestBytes) : limits;
  }

  private static int connectionsMax(BrokerSettings settings) {
    return settings.intValue("max.connections");
  }

  private static int connectionsPerAddressMax(BrokerSettings settings) {
    return settings.intValue("max.connections.per.ip");
  }

  private static ListenerLimits listenerLimits(NodePlan plan) {
    BrokerSettings settings = plan.settings();
    SocketOptions usual = SocketOptions.DEFAULT;
    SocketOptions options =
        new SocketOptions(
            plan.writtenOr("socket.listen.backlog.size", usual.backlog()),
            plan.writtenOr("socket.send.buffer.bytes", usual.sendBufferBytes()),
            plan.writtenOr("socket.receive.buffer.bytes", usual.receiveBufferBytes()));
    return ListenerLimits.DEFAULT
        .withFrameBytesMax(settings.intValue("socket.request.max.bytes"))
        .withIdleMs(idleMs(settings.longValue("connections.max.idle.ms")))
        .withSocketOptions(options);
  }

  /** Below zero means for ever. */
  private static long idleMs(long setting) {
    return setting <= 0 ? Long.MAX_VALUE : setting;
  }
}
