package dev.millrace.replica;

/** One partition of which this node has a copy. */
public final class Partition {
  Partition() {}

  public PartitionId id() {
    throw new IllegalStateException();
  }

  public boolean isOpen() {
    return true;
  }

  public int leaderEpoch() {
    return 0;
  }

  public boolean isLeader(int epoch) {
    return true;
  }

  public Bounds bounds() {
    throw new IllegalStateException();
  }

  public ReadOutcome read(ReadQuery query) {
    throw new IllegalStateException();
  }

  public Waiting whenReadable(Reader reader, boolean committedOnly, long bytesSeen) {
    throw new IllegalStateException();
  }
}
