package dev.millrace.sim.cluster;

import dev.millrace.base.disk.Disk;
import dev.millrace.net.FrameHandler;
import dev.millrace.net.call.Network;
import dev.millrace.quorum.log.MetadataLog;

/**
 * Where a node's ports can be replaced by worse ones, to see that the checks find it. A node as it
 * is shipped has {@link #NONE}.
 */
public interface Alterations {
  /** Everything as it is. */
  Alterations NONE = new Alterations() {};

  /** The disk of a node. */
  default Disk disk(int node, Disk disk) {
    return disk;
  }

  /** What answers clients and other brokers. */
  default FrameHandler desk(int node, FrameHandler desk) {
    return desk;
  }

  /** The way over which a node copies partitions. */
  default Network copying(int node, Network network) {
    return network;
  }

  /** The metadata as a node's controller writes it. */
  default MetadataLog metadata(int node, MetadataLog log) {
    return log;
  }
}
