package dev.millrace.coordinator;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.coordinator.record.RecordKinds;
import dev.millrace.wire.Message;
import dev.millrace.wire.WireReader;
import dev.millrace.wire.WireWriter;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One record of an internal topic.
 *
 * <pre>
 *   key:    int16 kind, then the key (versions of keys are not written)
 *   value:  int16 version, then the value; no value deletes the key
 * </pre>
 *
 * @param value null deletes the key
 */
public record KeyValue(Bytes key, @Nullable Bytes value) {
  /** The most that a record takes in a batch beside its key and value, bytes. */
  public static final int OVERHEAD_BYTES_MAX = 21;

  private static final short KEY_VERSION = 0;

  /**
   * @param value null deletes the key
   * @param valueVersion in which the value is written
   */
  public static KeyValue of(Message key, @Nullable Message value, short valueVersion) {
    return new KeyValue(
        prefixed(RecordKinds.kindOf(key), key, KEY_VERSION),
        value == null ? null : prefixed(valueVersion, value, valueVersion));
  }

  /** The most that this record can take in a batch, bytes. */
  public int sizeMax() {
    return OVERHEAD_BYTES_MAX + key.size() + (value == null ? 0 : value.size());
  }

  /** The key, or null when this release does not know its kind. */
  public @Nullable Message readKey() {
    WireReader in = new WireReader(key.buffer());
    return RecordKinds.readKey(in.int16(), in, KEY_VERSION);
  }

  /** The value that belongs to {@code key}; null when the record deletes it. */
  public @Nullable Message readValue(Message key) {
    if (value == null) {
      return null;
    }
    WireReader in = new WireReader(value.buffer());
    short version = in.int16();
    return RecordKinds.readValue(RecordKinds.kindOf(key), in, version);
  }

  private static Bytes prefixed(short prefix, Message message, short version) {
    ByteBuffer buffer = ByteBuffer.allocate(Short.BYTES + message.size(version));
    WireWriter out = new WireWriter(buffer);
    out.int16(prefix);
    message.write(out, version);
    return Bytes.copyOf(buffer.array());
  }
}
