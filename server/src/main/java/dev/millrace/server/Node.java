package dev.millrace.server;

import dev.millrace.net.Endpoint;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A node that serves. Safe for any thread. */
final class Node implements AutoCloseable {
  private final NodePlan plan;
  private final Endpoint kafka;
  private final @Nullable Endpoint http;
  private final Teardown teardown;

  Node(NodePlan plan, Endpoint kafka, @Nullable Endpoint http, Teardown teardown) {
    this.plan = plan;
    this.kafka = kafka;
    this.http = http;
    this.teardown = teardown;
  }

  /**
   * Starts a node and returns when it serves.
   *
   * @param failed told, on any thread, when the node cannot go on and has to be closed
   * @throws StartException when it cannot start; nothing is left behind then
   */
  static Node start(NodePlan plan, Consumer<RuntimeException> failed) {
    Teardown teardown = new Teardown();
    Node node = null;
    try {
      node = new Startup(plan, failed, teardown).run();
      return node;
    } finally {
      if (node == null) {
        teardown.run();
      }
    }
  }

  int id() {
    return plan.nodeId();
  }

  /** Where clients find the first listener. */
  Endpoint kafka() {
    return kafka;
  }

  /** Where health is told; null for nowhere. */
  @Nullable Endpoint http() {
    return http;
  }

  /** The directory of the metadata log. */
  Path data() {
    return plan.directories().getFirst();
  }

  /** Finishes what is in work, writes everything down and lets go of it. Later calls do nothing. */
  @Override
  public synchronized void close() {
    teardown.run();
  }

  /**
   * Copies nothing from other nodes any more: they are about to stop. Comes before {@link
   * #closeWithAll}, on all nodes.
   */
  synchronized void endCopying() {
    teardown.runFirst(Joined.COPYING);
  }

  /** The same when all nodes of the cluster stop: nobody is there to take over what it leads. */
  synchronized void closeWithAll() {
    teardown.drop(Startup.LEADERSHIP);
    teardown.run();
  }
}
