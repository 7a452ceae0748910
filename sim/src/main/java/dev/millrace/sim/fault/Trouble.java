package dev.millrace.sim.fault;

/** A kind of fault. */
public enum Trouble {
  /** A process is killed; its machine goes on. */
  KILL,
  /** A machine loses its power: what was not synced is lost, torn or reordered. */
  POWER,
  /** All machines lose their power at once. */
  BLACKOUT,
  /** A process stops in order. */
  STOP,
  /** A process is stopped where it is (SIGSTOP) and goes on later. */
  PAUSE,
  /** A node is cut off from the other nodes; clients may still reach it. */
  ISOLATE,
  /** A link between two nodes is cut. */
  CUT,
  /** A link between two nodes is cut in one direction. */
  ONE_WAY,
  /** Frames take long, and some break their connection. */
  WEATHER,
  /** Connections between two nodes break. */
  BREAK,
  /** Writes and syncs of a disk fail for a while. */
  DISK_ERROR,
  /** A disk is full for a while. */
  DISK_FULL,
  /** A machine's wall clock jumps. */
  CLOCK,
  /** The metadata has another leader. */
  DEPOSE,
  /** A node comes back with an empty disk, while all copies are whole. */
  WIPE
}
