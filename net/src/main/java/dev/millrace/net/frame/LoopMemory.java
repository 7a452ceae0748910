package dev.millrace.net.frame;

import java.nio.ByteBuffer;

/** The buffers of one loop. Made, used and closed by the loop's thread. */
public final class LoopMemory implements AutoCloseable {
  /** What one read takes at most when no frame is half read. */
  static final int INBOUND_BYTES = 128 << 10;

  /** What one write gathers at most. */
  static final int OUTBOUND_BYTES = 128 << 10;

  private final Block inbound = new Block(INBOUND_BYTES);
  private final Block outbound = new Block(OUTBOUND_BYTES);
  private final BlockPool pool;

  public LoopMemory(MemoryBudget budget) {
    pool = new BlockPool(budget);
  }

  ByteBuffer inbound() {
    return inbound.buffer();
  }

  ByteBuffer outbound() {
    return outbound.buffer();
  }

  public BlockPool pool() {
    return pool;
  }

  @Override
  public void close() {
    inbound.free();
    outbound.free();
    pool.close();
  }
}
