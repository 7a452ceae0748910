package dev.millrace.serializers.core;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The bytes that name a payload's schema. Classic form, before the payload: 0, the id as four
 * bytes, for Protobuf the indexes of the message. Header form, in the header {@code
 * __key_schema_id} or {@code __value_schema_id}: 1, the GUID as sixteen bytes, for Protobuf the
 * indexes; the payload has nothing before it.
 *
 * @param guid null in the classic form
 * @param payloadAt where the range's payload starts, counted from the start of the array
 */
record Envelope(int id, @Nullable UUID guid, List<Integer> indexes, int payloadAt) {
  static final int ID_BYTES = 5;
  static final int GUID_BYTES = 17;
  private static final int INDEXES_MAX = 64;

  static String header(boolean key) {
    return key ? "__key_schema_id" : "__value_schema_id";
  }

  /** What stands before a payload in the classic form. */
  static byte[] classic(int id, List<Integer> indexes) {
    byte[] path = path(indexes);
    return ByteBuffer.allocate(ID_BYTES + path.length).put((byte) 0).putInt(id).put(path).array();
  }

  static byte[] inHeader(UUID guid, List<Integer> indexes) {
    byte[] path = path(indexes);
    return ByteBuffer.allocate(GUID_BYTES + path.length)
        .put((byte) 1)
        .putLong(guid.getMostSignificantBits())
        .putLong(guid.getLeastSignificantBits())
        .put(path)
        .array();
  }

  /** Reads either form from the start of a range. */
  static Envelope read(byte[] bytes, int offset, int length, boolean indexed, String topic) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
    byte form = length == 0 ? -1 : buffer.get();
    if (form == 0 && length >= ID_BYTES) {
      int id = buffer.getInt();
      return new Envelope(
          id, null, indexed ? indexes(buffer, topic) : List.of(), buffer.position());
    }
    if (form == 1 && length >= GUID_BYTES) {
      UUID guid = new UUID(buffer.getLong(), buffer.getLong());
      return new Envelope(0, guid, indexed ? indexes(buffer, topic) : List.of(), buffer.position());
    }
    throw new IllegalArgumentException(
        "the record has no schema id before its payload, topic="
            + topic
            + " bytes="
            + length
            + " first="
            + form
            + "; it was not written by a serializer that uses a schema registry");
  }

  private static byte[] path(List<Integer> indexes) {
    if (indexes.isEmpty()) {
      return new byte[0];
    }
    if (indexes.equals(List.of(0))) {
      return new byte[] {0};
    }
    ByteBuffer path = ByteBuffer.allocate(5 * (indexes.size() + 1));
    put(path, indexes.size());
    indexes.forEach(index -> put(path, index));
    byte[] bytes = new byte[path.position()];
    path.flip().get(bytes);
    return bytes;
  }

  private static void put(ByteBuffer path, int number) {
    int rest = number << 1 ^ number >> 31;
    while ((rest & ~0x7f) != 0) {
      path.put((byte) ((rest & 0x7f) | 0x80));
      rest >>>= 7;
    }
    path.put((byte) rest);
  }

  private static List<Integer> indexes(ByteBuffer buffer, String topic) {
    int count = number(buffer, topic);
    if (count == 0) {
      return List.of(0);
    }
    if (count < 0 || count > INDEXES_MAX) {
      throw new IllegalArgumentException(
          "the record's message indexes are damaged, topic=" + topic + " count=" + count);
    }
    List<Integer> indexes = new ArrayList<>();
    for (int read = 0; read < count; read++) {
      indexes.add(number(buffer, topic));
    }
    return indexes;
  }

  private static int number(ByteBuffer buffer, String topic) {
    int raw = 0;
    for (int shift = 0; shift < 35 && buffer.hasRemaining(); shift += 7) {
      byte next = buffer.get();
      raw |= (next & 0x7f) << shift;
      if (next >= 0) {
        return raw >>> 1 ^ -(raw & 1);
      }
    }
    throw new IllegalArgumentException("the record's message indexes are damaged, topic=" + topic);
  }
}
