package dev.millrace.quorum.log;

import dev.millrace.wire.WireException;
import dev.millrace.wire.WireReader;
import dev.millrace.wire.WireWriter;
import dev.millrace.wire.records.CorruptRecordsException;
import dev.millrace.wire.records.RecordBatch;
import java.nio.ByteBuffer;

/**
 * What voters agree on, one batch at a time:
 *
 * <pre>
 *   int8   kind: 0 begins an epoch, 1 records
 *   int32  epoch in which its leader wrote it
 *   int64  offset of its first record, as its leader foretold it
 *   ...    one record batch as it goes into the log
 * </pre>
 *
 * An entry that comes in another term, or at another offset, than it says has no effect, on any
 * voter: this is how a leader that was replaced is fenced.
 *
 * @param batch from position to limit
 */
record AgreedEntry(boolean begins, int epoch, long baseOffset, ByteBuffer batch) {
  static final int HEADER_BYTES = 13;

  private static final byte BEGINS = 0;
  private static final byte RECORDS = 1;

  ByteBuffer write() {
    WireWriter out = new WireWriter(ByteBuffer.allocate(HEADER_BYTES + batch.remaining()));
    out.int8(begins ? BEGINS : RECORDS);
    out.int32(epoch);
    out.int64(baseOffset);
    out.buffer().put(batch.duplicate());
    return out.buffer().flip();
  }

  /**
   * Reads an entry.
   *
   * @throws WireException when it is malformed
   */
  static AgreedEntry read(ByteBuffer bytes) {
    WireReader in = new WireReader(bytes);
    byte kind = in.int8();
    if (kind != BEGINS && kind != RECORDS) {
      throw new WireException("unknown kind of entry, kind=" + kind);
    }
    return new AgreedEntry(kind == BEGINS, in.int32(), in.int64(), bytes.slice());
  }

  /**
   * The batch.
   *
   * @throws WireException when it is none
   */
  RecordBatch recordBatch() {
    try {
      return RecordBatch.at(batch.duplicate());
    } catch (CorruptRecordsException wrong) {
      throw new WireException("entry holds no record batch: " + wrong.getMessage());
    }
  }
}
