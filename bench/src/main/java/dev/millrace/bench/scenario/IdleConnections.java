package dev.millrace.bench.scenario;

import dev.millrace.bench.contender.Node;
import dev.millrace.bench.contender.Order;
import dev.millrace.bench.figure.Contender;
import dev.millrace.bench.figure.Figure;
import dev.millrace.bench.figure.Goal;
import dev.millrace.bench.load.BrokerSocket;
import dev.millrace.bench.load.Pause;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Two thousand connections that have asked once and are silent since. */
public final class IdleConnections implements Scenario {
  private static final int CONNECTIONS = 2000;

  private static final Figure CPU =
      Figure.of("2 000 idle connections: broker CPU", "% of a core").goal(Goal.atMost(2, "%"));
  private static final Figure MEMORY =
      Figure.of("2 000 idle connections: RSS more than before", "MB");

  @Override
  public String name() {
    return "idle-connections";
  }

  @Override
  public String summary() {
    return "CPU and memory of 2 000 connections that say nothing";
  }

  @Override
  public List<Contender> contenders() {
    return List.of(Contender.APACHE, Contender.FSYNC);
  }

  @Override
  public int roundsMax() {
    return 1;
  }

  @Override
  public void run(Contender contender, Workshop workshop, Sink sink) {
    double seconds = 2.0 * workshop.effort().idleSeconds();
    List<BrokerSocket> sockets = new ArrayList<>();
    try (Node node = workshop.stand().ready(contender, Order.plain())) {
      double memoryBefore = node.usage().status().rssMb();
      for (int i = 0; i < CONNECTIONS; i++) {
        BrokerSocket socket = new BrokerSocket(node.port());
        sockets.add(socket);
        socket.brokers();
      }
      Pause.seconds(2);
      double before = node.usage().cpuSeconds();
      Pause.seconds(seconds);
      sink.add(CPU, 100 * (node.usage().cpuSeconds() - before) / seconds);
      sink.add(MEMORY, node.usage().status().rssMb() - memoryBefore);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "connections=" + sockets.size() + " are open, no more could be opened", e);
    } finally {
      sockets.forEach(IdleConnections::close);
    }
  }

  private static void close(BrokerSocket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // it is of no use any more, closed or not
    }
  }
}
