package dev.millrace.server;

import dev.millrace.broker.ActiveController;
import dev.millrace.broker.Brokers;
import dev.millrace.broker.forward.Forwarding;
import dev.millrace.quorum.Quorum;
import dev.millrace.replica.DiskWork;
import dev.millrace.replica.Partitions;
import dev.millrace.replica.Replication;
import org.jspecify.annotations.Nullable;

/**
 * How a node takes part in its cluster: {@link Alone} it is all of it, {@link Joined} one of
 * several. Belongs to the thread that starts the node, but for what it gives.
 */
interface Membership {
  /** In its text form. */
  String clusterId();

  /** The metadata as this node has it; what was committed when the node came is there. */
  Quorum quorum();

  /** What partitions with several copies need. */
  Replication replication(DiskWork diskWork);

  /** Decides what the node itself asks for, wherever the active controller is. */
  ActiveController controller();

  /** The way to other brokers. */
  Brokers brokers();

  /** The way to the active controller for requests of clients; null when it is always here. */
  @Nullable Forwarding forwarding();

  /** The partitions that the node acts with on what the metadata says. */
  void actsWith(Partitions partitions);

  /** Makes this node a broker that may serve; returns when it is. */
  void enter(Doors doors);

  /** Gives what the broker leads to others, before it stops; takes some seconds at most. */
  void leave();

  /** Clients are let in: looks whether others can find the node where it says that it is. */
  void serves(Doors doors);

  /**
   * Whether nobody can have been made a leader in this node's place yet because it was silent; any
   * thread.
   */
  boolean isCertain();

  /** The epoch of the broker's registration, -1 before it. */
  long brokerEpoch();
}
