package dev.millrace.server.dump;

import dev.millrace.wire.Message;
import dev.millrace.wire.WireReader;
import dev.millrace.wire.message.EndTxnMarker;
import dev.millrace.wire.message.KRaftVersionRecord;
import dev.millrace.wire.message.LeaderChangeMessage;
import dev.millrace.wire.message.SnapshotFooterRecord;
import dev.millrace.wire.message.SnapshotHeaderRecord;
import dev.millrace.wire.message.VotersRecord;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Control records: the key is version int16 and kind int16. The value begins with its version,
 * which the markers of transactions have before their structure and all others in it.
 */
final class ControlDecoder implements RecordDecoder {
  private static final String[] KINDS = {
    "abort",
    "commit",
    "leader change",
    "snapshot header",
    "snapshot footer",
    "kraft version",
    "voters"
  };

  @Override
  public @Nullable Object key(@Nullable ByteBuffer key) {
    int kind = kind(key);
    return kind >= 0 && kind < KINDS.length ? KINDS[kind] : "control " + kind;
  }

  @Override
  public @Nullable Object value(@Nullable ByteBuffer key, @Nullable ByteBuffer value) {
    return value == null ? null : Fields.of(message(kind(key), value));
  }

  private static int kind(@Nullable ByteBuffer key) {
    return key == null || key.remaining() < 2 * Short.BYTES
        ? -1
        : key.getShort(key.position() + Short.BYTES);
  }

  private static @Nullable Message message(int kind, ByteBuffer value) {
    WireReader in = new WireReader(value.duplicate());
    if (kind < 0 || kind >= KINDS.length) {
      return null;
    }
    short version = value.remaining() < Short.BYTES ? 0 : value.getShort(value.position());
    return switch (kind) {
      case 0, 1 -> EndTxnMarker.read(skipVersion(in), version);
      case 2 -> LeaderChangeMessage.read(in, version);
      case 3 -> SnapshotHeaderRecord.read(in, version);
      case 4 -> SnapshotFooterRecord.read(in, version);
      case 5 -> KRaftVersionRecord.read(in, version);
      default -> VotersRecord.read(in, version);
    };
  }

  private static WireReader skipVersion(WireReader in) {
    in.int16();
    return in;
  }
}
