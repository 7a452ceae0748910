package dev.millrace.log.journal;

import dev.millrace.base.disk.BlockFile;
import dev.millrace.base.disk.DiskFile;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What the first two blocks of a journal say. They are written in turn, so that one is whole when a
 * crash tears the other; of two whole ones the one that voids more is the later.
 *
 * <pre>
 *    0 magic       int64   "MRJOURNL"
 *    8 version     int32   1
 *   12 blockBytes  int32   4096
 *   16 halfBytes   int64   of each of the two halves behind the two blocks
 *   24 voidBelow   int64   frames with a lower sequence number say nothing any more
 *   32 crc         uint32  CRC-32C of the bytes before
 *   36 zeros to the end of the block
 * </pre>
 *
 * @param voidBelow the number of the first frame of a half, or above that of every frame
 */
public record JournalHeader(long halfBytes, long voidBelow) {
  /** Bytes in front of the halves. */
  public static final int HALVES_AT = 2 * BlockFile.BLOCK_BYTES;

  private static final long MAGIC = 0x4d524a4f55524e4cL;
  private static final int VERSION = 1;
  private static final int AT_CRC = 32;
  private static final int SIZE_BYTES = 36;

  /** Where a half begins, bytes from the file's start. */
  public long halfAt(int half) {
    return HALVES_AT + half * halfBytes;
  }

  /**
   * The later of the two headers.
   *
   * @param slot which of the two blocks has it; the other one is to be written next
   */
  record Latest(JournalHeader header, int slot) {}

  /** Looks for the header, null when neither block is whole. */
  static @Nullable Latest latest(DiskFile file) {
    Latest latest = null;
    for (int slot = 0; slot < 2; slot++) {
      ByteBuffer block = ByteBuffer.allocate(BlockFile.BLOCK_BYTES);
      file.read(block, (long) slot * BlockFile.BLOCK_BYTES);
      JournalHeader found = read(block.flip());
      if (found != null
          && found.isWithin(file.size())
          && (latest == null || found.voidBelow > latest.header.voidBelow)) {
        latest = new Latest(found, slot);
      }
    }
    return latest;
  }

  private boolean isWithin(long fileBytes) {
    return halfBytes > 0 && halfAt(2) <= fileBytes;
  }

  /** Fills a block from the buffer's start. */
  void write(ByteBuffer block) {
    block.clear().putLong(MAGIC).putInt(VERSION).putInt(BlockFile.BLOCK_BYTES);
    block.putLong(halfBytes).putLong(voidBelow).putInt(crc(block));
    while (block.position() < BlockFile.BLOCK_BYTES) {
      block.put((byte) 0);
    }
    block.flip();
  }

  /** What a block says, or null when it is not whole. */
  static @Nullable JournalHeader read(ByteBuffer block) {
    if (block.limit() < SIZE_BYTES
        || block.getLong(0) != MAGIC
        || block.getInt(8) != VERSION
        || block.getInt(12) != BlockFile.BLOCK_BYTES
        || block.getInt(AT_CRC) != crc(block)) {
      return null;
    }
    return new JournalHeader(block.getLong(16), block.getLong(24));
  }

  private static int crc(ByteBuffer block) {
    CRC32C crc = new CRC32C();
    crc.update(block.duplicate().clear().slice(0, AT_CRC));
    return (int) crc.getValue();
  }
}
