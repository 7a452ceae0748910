package dev.millrace.net.sim;

import dev.millrace.wire.RecordBytes;
import dev.millrace.wire.WireWriter;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Frames as plain bytes. */
final class SimFrames {
  private static final byte SPOILED = (byte) 0xA5;

  private SimFrames() {}

  /** What is behind the size prefix, which is checked. */
  static byte[] bytes(WireWriter frame) {
    ByteBuffer copied = frame.buffer();
    int end = copied.position();
    int total = end;
    for (WireWriter.External external : frame.externals()) {
      total += external.records().size();
    }
    if (end < Integer.BYTES || copied.getInt(0) != total - Integer.BYTES) {
      throw new IllegalStateException(
          "frame has a wrong size prefix, frameBytes=" + (total - Integer.BYTES));
    }
    ByteBuffer out = ByteBuffer.allocate(total);
    int at = 0;
    for (WireWriter.External external : frame.externals()) {
      out.put(copied.slice(at, external.at() - at));
      at = external.at();
      add(out, external.records());
    }
    out.put(copied.slice(at, end - at));
    return Arrays.copyOfRange(out.array(), Integer.BYTES, total);
  }

  /** A frame is lent: whoever keeps it longer must notice. */
  static void spoil(byte[] bytes) {
    Arrays.fill(bytes, SPOILED);
  }

  private static void add(ByteBuffer out, RecordBytes records) {
    switch (records) {
      case RecordBytes.InMemory inMemory -> out.put(inMemory.view());
      case RecordBytes.InFile inFile -> {
        ByteBuffer part = out.slice(out.position(), inFile.size());
        inFile.region().file().read(part, inFile.region().position());
        out.position(out.position() + inFile.size());
      }
    }
  }
}
