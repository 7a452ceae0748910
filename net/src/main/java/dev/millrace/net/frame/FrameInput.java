package dev.millrace.net.frame;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * Cuts what one socket sends into frames. A size is judged before memory is taken for it, and the
 * memory for a frame grows with what has arrived: a block is at most about four times as large as
 * the part of the frame that is there, unless the socket delivered large frames before (up to
 * {@link #TRUSTED_BYTES_MAX}) and the next one is probably as large. Belongs to the socket's loop.
 */
public final class FrameInput {
  /** How a turn of reading ended. */
  public enum Outcome {
    /** The socket has nothing more now. */
    WAIT,
    /** The sink wants no frame now. */
    PAUSED,
    /** There may be more, but this turn is over: others must have their turn too. */
    AGAIN,
    /** The rest of a frame has to wait for memory. */
    SCARCE,
    /** The socket has ended. */
    ENDED
  }

  /** Most frames that one turn hands on. */
  static final int TURN_FRAMES_MAX = 256;

  /** Bytes after which a turn is over. */
  static final int TURN_BYTES = 2 << 20;

  /** A frame size that a socket is trusted to send again. */
  static final int TRUSTED_BYTES_MAX = 4 << 20;

  /** What is read ahead of a frame that will probably be read straight into its own block. */
  private static final int PRELUDE_BYTES = 4096;

  private static final int PREFIX_BYTES = 4;
  private static final int BLOCK_BYTES_MIN = 1024;
  private static final int GROWTH = 2;

  private final LoopMemory memory;
  private final MemoryBudget.Holder holder;
  private final int frameBytesMax;

  /** Bytes that are read and not handed on lie in it between from and to. */
  private @Nullable Block held;

  private int from;
  private int to;
  private int trustedBytes;
  private int framesLeft;

  /**
   * @param holder is told when there is memory after a turn ended {@link Outcome#SCARCE}
   * @param frameBytesMax largest frame, without its prefix
   */
  public FrameInput(LoopMemory memory, MemoryBudget.Holder holder, int frameBytesMax) {
    this.memory = memory;
    this.holder = holder;
    this.frameBytesMax = frameBytesMax;
  }

  /**
   * Reads and hands on frames until the socket has no more, the sink wants no more, or the turn is
   * over.
   *
   * @throws FrameException when a frame has a size that no frame may have
   * @throws IOException when the socket fails
   */
  public Outcome read(ReadableByteChannel channel, FrameSink sink) throws IOException {
    framesLeft = TURN_FRAMES_MAX;
    int bytesLeft = TURN_BYTES;
    Outcome stopped = cutHeld(sink);
    while (stopped == null && sink.wantsFrame()) {
      int asked = held == null ? scratchBytes() : missingBytes(held);
      if (asked == 0) {
        return Outcome.SCARCE;
      }
      int got = held == null ? readScratch(channel, asked, sink) : readHeld(channel, held, asked);
      if (got < 0) {
        return Outcome.ENDED;
      }
      bytesLeft -= got;
      stopped = cutHeld(sink);
      if (stopped == null && got < asked) {
        stopped = Outcome.WAIT;
      } else if (stopped == null && bytesLeft <= 0) {
        stopped = Outcome.AGAIN;
      }
    }
    return stopped == null ? Outcome.PAUSED : stopped;
  }

  /** Whether a part of a frame is here, and memory is held for it. */
  public boolean isHolding() {
    return held != null;
  }

  /** Forgets everything and gives its memory back. */
  public void release() {
    Block block = held;
    if (block != null) {
      held = null;
      memory.pool().give(block, holder);
    }
    memory.pool().budget().leave(holder);
  }

  /** Hands on the frames in the held block; returns why it stopped, or null when it could not. */
  private @Nullable Outcome cutHeld(FrameSink sink) {
    Block block = held;
    if (block == null) {
      return null;
    }
    from = cut(block.buffer(), from, to, sink);
    if (from == to) {
      held = null;
      memory.pool().give(block, holder);
      return null;
    }
    if (!isWhole(block.buffer(), from, to)) {
      return null;
    }
    return sink.wantsFrame() ? Outcome.AGAIN : Outcome.PAUSED;
  }

  /** Hands on the whole frames between start and end; returns where the rest begins. */
  private int cut(ByteBuffer buffer, int start, int end, FrameSink sink) {
    int at = start;
    while (framesLeft > 0 && isWhole(buffer, at, end) && sink.wantsFrame()) {
      int size = buffer.getInt(at);
      framesLeft--;
      trustedBytes = Math.max(Math.min(size, TRUSTED_BYTES_MAX), trustedBytes - trustedBytes / 4);
      sink.frame(buffer.slice(at + PREFIX_BYTES, size));
      at += PREFIX_BYTES + size;
    }
    return at;
  }

  private boolean isWhole(ByteBuffer buffer, int start, int end) {
    return end - start >= PREFIX_BYTES && end - start - PREFIX_BYTES >= size(buffer, start);
  }

  private int size(ByteBuffer buffer, int at) {
    int size = buffer.getInt(at);
    if (size <= 0 || size > frameBytesMax) {
      throw new FrameException("frame has a bad size, size=" + size + " max=" + frameBytesMax);
    }
    return size;
  }

  private int scratchBytes() {
    boolean ahead =
        trustedBytes <= LoopMemory.INBOUND_BYTES
            && memory.pool().budget().hasRoomFor(LoopMemory.INBOUND_BYTES);
    return ahead ? LoopMemory.INBOUND_BYTES : PRELUDE_BYTES;
  }

  private int readScratch(ReadableByteChannel channel, int asked, FrameSink sink)
      throws IOException {
    ByteBuffer scratch = memory.inbound().clear().limit(asked);
    int got = channel.read(scratch);
    if (got > 0) {
      scratch.clear();
      int rest = cut(scratch, 0, got, sink);
      if (rest < got) {
        hold(scratch, rest, got);
      }
    }
    return got;
  }

  /**
   * Keeps what is left in the scratch buffer. These bytes are here already, so a block for them is
   * taken even when memory is scarce; then a read takes {@link #PRELUDE_BYTES} at most.
   */
  private void hold(ByteBuffer scratch, int start, int end) {
    int arrived = end - start;
    int bytes = Math.max(arrived, roomFor(frameBytes(scratch, start, end), arrived));
    Block block = memory.pool().take(bytes, arrived, holder);
    block.buffer().put(0, scratch, start, arrived);
    held = block;
    from = 0;
    to = arrived;
  }

  private int readHeld(ReadableByteChannel channel, Block block, int asked) throws IOException {
    int got = channel.read(block.buffer().limit(to + asked).position(to));
    block.buffer().clear();
    to += Math.max(got, 0);
    return got;
  }

  /**
   * How many bytes to read into the held block: what its frame lacks and the block has room for,
   * after it has grown. Zero when it must grow and there is no memory.
   */
  private int missingBytes(Block block) {
    int whole = frameBytes(block.buffer(), from, to);
    int arrived = to - from;
    if (from + whole > block.capacity() && from > 0) {
      block.buffer().put(0, block.buffer(), from, arrived);
      from = 0;
      to = arrived;
    }
    if (to < block.capacity()) {
      return Math.min(from + whole, block.capacity()) - to;
    }
    Block larger = memory.pool().grow(block, from, to, roomFor(whole, arrived), holder);
    if (larger == null) {
      return 0;
    }
    held = larger;
    from = 0;
    to = arrived;
    return Math.min(whole, larger.capacity()) - to;
  }

  /**
   * Bytes of the frame that begins at start, with its prefix; of the prefix when it is not here.
   */
  private int frameBytes(ByteBuffer buffer, int start, int end) {
    return end - start < PREFIX_BYTES ? PREFIX_BYTES : PREFIX_BYTES + size(buffer, start);
  }

  private int roomFor(int whole, int arrived) {
    long trusted = (long) trustedBytes + (trustedBytes >>> 2);
    long earned = Math.max((long) GROWTH * arrived, Math.max(trusted, BLOCK_BYTES_MIN));
    return (int) Math.min(whole, earned);
  }
}
