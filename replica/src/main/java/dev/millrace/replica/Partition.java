package dev.millrace.replica;

/** One partition of which this node has a copy. */
public final class Partition {
  Partition() {}
}
