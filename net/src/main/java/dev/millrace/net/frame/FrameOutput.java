package dev.millrace.net.frame;

import dev.millrace.base.disk.FileRegion;
import dev.millrace.wire.RecordBytes;
import dev.millrace.wire.WireWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.util.ArrayDeque;

/**
 * What one socket still has to send, in order. Belongs to the socket's loop. It has no limit of its
 * own: its user takes no further request while {@link #bytes} is above a limit. Files of regions
 * are held until they are sent.
 */
public final class FrameOutput {
  /** Bytes after which a turn of writing is over, so that others have their turn too. */
  static final int TURN_BYTES = 4 << 20;

  /** Direct memory up to this size is copied next to its neighbours instead of sent in place. */
  private static final int GATHERED_BYTES_MAX = 8 << 10;

  /** Regions of files up to this size are read next to their neighbours. */
  private static final int GATHERED_REGION_BYTES_MAX = 16 << 10;

  /**
   * What is read of a larger region to leave with the bytes before it, so that a reply's head does
   * not wake its client alone.
   */
  private static final int LEAD_BYTES = 8 << 10;

  private static final int VECTOR_MAX = 16;

  private final LoopMemory memory;
  private final ArrayDeque<RecordBytes> parts = new ArrayDeque<>(4);
  private long bytes;

  public FrameOutput(LoopMemory memory) {
    this.memory = memory;
  }

  /**
   * Adds one frame. Its buffer, from zero to its position, and its external parts belong to this
   * output from now on.
   */
  public void add(WireWriter frame) {
    ByteBuffer copied = frame.buffer();
    int end = copied.position();
    int at = 0;
    for (WireWriter.External external : frame.externals()) {
      addMemory(copied.slice(at, external.at() - at));
      at = external.at();
      switch (external.records()) {
        case RecordBytes.InMemory inMemory -> addMemory(inMemory.view());
        case RecordBytes.InFile inFile -> addRegion(inFile);
      }
    }
    addMemory(at == 0 ? copied.flip() : copied.slice(at, end - at));
  }

  /** Bytes that are not written yet. */
  public long bytes() {
    return bytes;
  }

  public boolean isEmpty() {
    return bytes == 0;
  }

  /** Forgets everything. */
  public void clear() {
    parts.forEach(FrameOutput::release);
    parts.clear();
    bytes = 0;
  }

  /**
   * Writes until everything is written, the socket takes no more, or the turn is over.
   *
   * @return bytes written
   * @throws IOException when the socket fails
   * @throws dev.millrace.base.disk.DiskException when a region can not be read
   */
  public long write(GatheringByteChannel channel) throws IOException {
    long written = 0;
    while (bytes > 0 && written < TURN_BYTES) {
      long before = bytes;
      long asked = isTransfer(parts.getFirst()) ? transfer(channel) : gather(channel);
      written += before - bytes;
      if (before - bytes < asked) {
        break;
      }
    }
    return written;
  }

  private void addMemory(ByteBuffer part) {
    if (part.hasRemaining()) {
      parts.add(RecordBytes.of(part));
      bytes += part.remaining();
    }
  }

  private void addRegion(RecordBytes.InFile part) {
    if (part.size() > 0) {
      part.region().file().hold();
      parts.add(part);
      bytes += part.size();
    }
  }

  private static void release(RecordBytes part) {
    if (part instanceof RecordBytes.InFile inFile) {
      inFile.region().file().release();
    }
  }

  private static boolean isTransfer(RecordBytes part) {
    return part instanceof RecordBytes.InFile && part.size() > GATHERED_REGION_BYTES_MAX;
  }

  /** Sends the region at the head by the system; returns the bytes it tried to send. */
  private long transfer(GatheringByteChannel channel) throws IOException {
    FileRegion region = ((RecordBytes.InFile) parts.getFirst()).region();
    int asked = Math.min(region.length(), TURN_BYTES);
    long moved = region.file().transferTo(region.position(), asked, channel);
    if (moved == 0 && region.file().size() < region.position() + region.length()) {
      throw new FrameException(
          "file of a reply has become too short, size="
              + region.file().size()
              + " position="
              + region.position()
              + " length="
              + region.length());
    }
    consume(moved);
    return asked;
  }

  /** Sends memory and small regions from the head on; returns the bytes it tried to send. */
  private long gather(GatheringByteChannel channel) throws IOException {
    ByteBuffer staging = memory.outbound().clear();
    long asked = 0;
    for (RecordBytes part : parts) {
      if (part instanceof RecordBytes.InMemory inMemory && isSentInPlace(inMemory.buffer())) {
        return gatherInPlace(channel);
      }
      int copied = stage(part, staging);
      asked += copied;
      if (copied < part.size()) {
        break;
      }
    }
    consume(channel.write(staging.flip()));
    return asked;
  }

  /** Like {@link #gather}, with large direct memory sent from where it lies. */
  private long gatherInPlace(GatheringByteChannel channel) throws IOException {
    ByteBuffer staging = memory.outbound().clear();
    ByteBuffer[] vector = new ByteBuffer[VECTOR_MAX];
    int count = 0;
    int stagedFrom = 0;
    long asked = 0;
    for (RecordBytes part : parts) {
      boolean inPlace =
          part instanceof RecordBytes.InMemory inMemory && isSentInPlace(inMemory.buffer());
      int taken = inPlace ? part.size() : stage(part, staging);
      asked += taken;
      boolean ends = taken < part.size() || count + 3 > VECTOR_MAX;
      if ((inPlace || ends) && staging.position() > stagedFrom) {
        vector[count++] = staging.slice(stagedFrom, staging.position() - stagedFrom);
        stagedFrom = staging.position();
      }
      if (inPlace && part instanceof RecordBytes.InMemory inMemory) {
        vector[count++] = inMemory.view();
      }
      if (ends) {
        break;
      }
    }
    if (staging.position() > stagedFrom) {
      vector[count++] = staging.slice(stagedFrom, staging.position() - stagedFrom);
    }
    consume(channel.write(vector, 0, count));
    return asked;
  }

  private static boolean isSentInPlace(ByteBuffer part) {
    return part.isDirect() && part.remaining() > GATHERED_BYTES_MAX;
  }

  /** Copies a part, or what fits of it; returns the bytes copied. */
  private static int stage(RecordBytes part, ByteBuffer staging) {
    return switch (part) {
      case RecordBytes.InMemory inMemory -> {
        ByteBuffer source = inMemory.buffer();
        int count = Math.min(source.remaining(), staging.remaining());
        staging.put(staging.position(), source, source.position(), count);
        staging.position(staging.position() + count);
        yield count;
      }
      case RecordBytes.InFile inFile -> stage(inFile.region(), staging);
    };
  }

  private static int stage(FileRegion region, ByteBuffer staging) {
    int asked = region.length() > GATHERED_REGION_BYTES_MAX ? LEAD_BYTES : region.length();
    if (asked > staging.remaining()) {
      return 0;
    }
    int end = staging.position() + asked;
    int got = region.file().read(staging.limit(end), region.position());
    staging.limit(staging.capacity());
    if (got < asked) {
      throw new FrameException(
          "file of a reply has become too short, position="
              + region.position()
              + " length="
              + asked
              + " got="
              + got);
    }
    return got;
  }

  private void consume(long count) {
    bytes -= count;
    long left = count;
    while (left > 0) {
      RecordBytes part = parts.removeFirst();
      if (part.size() > left) {
        parts.addFirst(rest(part, (int) left));
        return;
      }
      release(part);
      left -= part.size();
    }
  }

  private static RecordBytes rest(RecordBytes part, int done) {
    return switch (part) {
      case RecordBytes.InMemory inMemory -> {
        inMemory.buffer().position(inMemory.buffer().position() + done);
        yield part;
      }
      case RecordBytes.InFile inFile -> {
        FileRegion region = inFile.region();
        yield RecordBytes.of(
            new FileRegion(region.file(), region.position() + done, region.length() - done));
      }
    };
  }
}
