package dev.millrace.server.dump;

import dev.millrace.coordinator.record.RecordKinds;
import dev.millrace.wire.Message;
import dev.millrace.wire.WireReader;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The records of a coordinator's topic: the key begins with the number of its kind, the value with
 * its version. Kinds are numbered anew on each topic.
 */
final class CoordinatorDecoder implements RecordDecoder {
  /** {@code __consumer_offsets}. */
  static final CoordinatorDecoder GROUPS =
      new CoordinatorDecoder(RecordKinds::readKey, RecordKinds::readValue);

  /** {@code __transaction_state}. */
  static final CoordinatorDecoder TRANSACTIONS =
      new CoordinatorDecoder(
          dev.millrace.coordinator.transaction.record.RecordKinds::readKey,
          dev.millrace.coordinator.transaction.record.RecordKinds::readValue);

  private final Reader keys;
  private final Reader values;

  /** Reads the key or value of a kind, or returns null when it is not known. */
  @FunctionalInterface
  private interface Reader {
    @Nullable Message read(short kind, WireReader in, short version);
  }

  private CoordinatorDecoder(Reader keys, Reader values) {
    this.keys = keys;
    this.values = values;
  }

  @Override
  public @Nullable Object key(@Nullable ByteBuffer key) {
    if (key == null || key.remaining() < Short.BYTES) {
      return TextDecoder.text(key);
    }
    WireReader in = new WireReader(key.duplicate());
    short kind = in.int16();
    return named("kind " + kind, keys.read(kind, in, (short) 0), key);
  }

  @Override
  public @Nullable Object value(@Nullable ByteBuffer key, @Nullable ByteBuffer value) {
    if (key == null || key.remaining() < Short.BYTES || value == null) {
      return TextDecoder.text(value);
    }
    WireReader in = new WireReader(value.duplicate());
    short kind = key.getShort(key.position());
    short version = in.int16();
    return named("version " + version, values.read(kind, in, version), value);
  }

  private static @Nullable Object named(
      String fallback, @Nullable Message message, ByteBuffer bytes) {
    Map<String, @Nullable Object> named = new LinkedHashMap<>();
    if (message == null) {
      named.put(fallback, "unknown, bytes=" + bytes.remaining());
    } else {
      named.put(message.getClass().getSimpleName(), Fields.of(message));
    }
    return named;
  }
}
