package dev.millrace.bench.contender;

import dev.millrace.bench.figure.Contender;
import dev.millrace.bench.process.Children;
import dev.millrace.bench.process.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Where nodes of all contenders are set up, each in a fresh directory; closing it ends them. */
public final class Stand implements AutoCloseable {
  private static final int STARTS_MAX = 3;

  private final Path folder;
  private final Children children;
  private final Map<Contender, Distribution> distributions = new EnumMap<>(Contender.class);
  private final List<Path> abandoned = new ArrayList<>();
  private int nodes;
  private boolean closed;

  /**
   * @param folder for the nodes' directories; on the disk that shall be measured
   */
  public Stand(Path folder, Children children) {
    this.folder = folder;
    this.children = children;
  }

  public void offer(Contender contender, Distribution distribution) {
    distributions.put(contender, distribution);
  }

  /** Who can be measured here. */
  public Set<Contender> contenders() {
    return distributions.keySet();
  }

  public Children children() {
    return children;
  }

  /** A fresh node that was just started, not yet ready. */
  public Node start(Contender contender, Order order) {
    return start(contender, Seat.alone(), order);
  }

  private Node start(Contender contender, Seat seat, Order order) {
    Distribution distribution = distributions.get(contender);
    if (distribution == null) {
      throw new IllegalArgumentException("not there: " + contender.title());
    }
    Order asked =
        contender == Contender.MEMORY ? order.with("millrace.flush.policy=memory") : order;
    return Node.start(distribution, children, freshFolder("node"), seat, asked);
  }

  /** A fresh cluster that answers; another one when somebody took a port in between. */
  public Cluster cluster(Contender contender, int nodes, Order order) {
    for (int left = STARTS_MAX; ; left--) {
      List<Node> started = new ArrayList<>();
      for (Seat seat : Seat.together(nodes)) {
        Node node = start(contender, seat, order);
        abandoned.add(node.data());
        started.add(node);
      }
      Cluster cluster = new Cluster(started);
      try {
        return cluster.awaitReady();
      } catch (RuntimeException e) {
        boolean again = left > 1 && cluster.hasLostAPort();
        cluster.close();
        if (!again) {
          throw e;
        }
      }
    }
  }

  /**
   * Deletes what clusters have left. Not while others are still to be measured: a file system that
   * was just rid of thousands of files is slower to make new ones.
   */
  public void sweep() {
    abandoned.forEach(Folders::delete);
    abandoned.clear();
  }

  /** A fresh node that answers; another one when somebody took its port in between. */
  public Node ready(Contender contender, Order order) {
    for (int left = STARTS_MAX; ; left--) {
      Node node = start(contender, order);
      try {
        return node.awaitReady();
      } catch (RuntimeException e) {
        boolean again = left > 1 && node.hasLostItsPort();
        node.close();
        if (!again) {
          throw e;
        }
      }
    }
  }

  /** An empty folder that goes away with the stand. */
  public synchronized Path freshFolder(String name) {
    if (closed) {
      throw new IllegalStateException("the measurement has ended");
    }
    Path fresh = folder.resolve(name + "-" + nodes++);
    try {
      Folders.delete(fresh);
      return Files.createDirectories(fresh);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot create " + fresh, e);
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    children.close();
    Folders.delete(folder);
  }
}
