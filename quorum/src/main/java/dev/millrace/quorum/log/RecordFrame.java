package dev.millrace.quorum.log;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.quorum.image.MetadataException;
import dev.millrace.quorum.record.RecordKinds;
import dev.millrace.wire.Message;
import dev.millrace.wire.Varint;
import dev.millrace.wire.WireException;
import dev.millrace.wire.WireReader;
import dev.millrace.wire.WireWriter;
import java.nio.ByteBuffer;

/**
 * A metadata record as the value of a record in the log:
 *
 * <pre>
 *   unsigned varint  frame version, 1
 *   unsigned varint  kind of record
 *   unsigned varint  version of that kind
 *   struct           always flexible
 * </pre>
 *
 * The key of the record is null. A {@code FeatureLevelRecord} starts with {@code 01 0c 00}.
 */
public final class RecordFrame {
  private static final int FRAME_VERSION = 1;

  private RecordFrame() {}

  /** The frame of {@code record}, in its highest version. */
  public static Bytes write(Message record) {
    short kind = RecordKinds.kindOf(record);
    short version = record.highestVersion();
    ByteBuffer frame = ByteBuffer.allocate(size(record, kind, version));
    WireWriter out = new WireWriter(frame);
    out.unsignedVarint(FRAME_VERSION);
    out.unsignedVarint(kind);
    out.unsignedVarint(version);
    record.write(out, version);
    return Bytes.copyOf(frame.flip());
  }

  /**
   * Reads a frame.
   *
   * @throws MetadataException when it is no frame, or holds what this release does not know
   */
  public static Message read(ByteBuffer frame) {
    try {
      WireReader in = new WireReader(frame.duplicate());
      int frameVersion = in.unsignedVarint();
      if (frameVersion != FRAME_VERSION) {
        throw new MetadataException("metadata frame has an unknown version=" + frameVersion);
      }
      int kind = in.unsignedVarint();
      int version = in.unsignedVarint();
      Message record =
          isShort(kind) && isShort(version)
              ? RecordKinds.read((short) kind, in, (short) version)
              : null;
      if (record == null) {
        throw new MetadataException(
            "metadata record is of an unknown kind, written by a later release? kind=" + kind);
      }
      if (in.remaining() > 0) {
        throw new MetadataException("metadata record has bytes left over, kind=" + kind);
      }
      return record;
    } catch (WireException wrong) {
      throw new MetadataException("metadata record is damaged: " + wrong.getMessage(), wrong);
    }
  }

  private static int size(Message record, short kind, short version) {
    return Varint.sizeOfUnsigned(FRAME_VERSION)
        + Varint.sizeOfUnsigned((int) kind)
        + Varint.sizeOfUnsigned((int) version)
        + record.size(version);
  }

  private static boolean isShort(int number) {
    return number >= 0 && number <= Short.MAX_VALUE;
  }
}
