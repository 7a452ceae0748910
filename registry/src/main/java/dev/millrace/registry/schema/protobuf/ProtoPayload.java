package dev.millrace.registry.schema.protobuf;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Whether bytes are a message of a file: first the list of indexes that names the message, then the
 * message. Fields of unknown numbers may be there; those of known ones have to be of their type,
 * required ones have to be there. Safe for any number of threads.
 */
final class ProtoPayload {
  private static final int INDEXES_MAX = 32;

  private final FileDescriptor file;
  private final Map<Descriptor, ProtoShape> shapes = new ConcurrentHashMap<>();

  ProtoPayload(FileDescriptor file) {
    this.file = file;
  }

  /** Why the range is no payload; empty when it is one. */
  Optional<String> violation(byte[] bytes, int offset, int length) {
    ProtoCursor cursor = new ProtoCursor(bytes, offset, offset + length);
    Descriptor message = message(cursor);
    if (message == null) {
      return Optional.of(cursor.violation());
    }
    return shape(message).read(cursor, 0)
        ? Optional.empty()
        : Optional.of(cursor.violation() + ", message=" + message.getFullName());
  }

  private @Nullable Descriptor message(ProtoCursor cursor) {
    if (!cursor.varint()) {
      return null;
    }
    long count = cursor.zigzag();
    if (count < 0 || count > INDEXES_MAX) {
      cursor.fails("the list of message indexes has an impossible length, length=" + count);
      return null;
    }
    List<Descriptor> messages = file.getMessageTypes();
    Descriptor message = null;
    for (int read = 0; read < Math.max(count, 1); read++) {
      if (count > 0 && !cursor.varint()) {
        return null;
      }
      long index = count == 0 ? 0 : cursor.zigzag();
      if (index < 0 || index >= messages.size()) {
        cursor.fails(
            "the schema has no message of this index, index="
                + index
                + " messages="
                + messages.size());
        return null;
      }
      message = messages.get((int) index);
      messages = read + 1 < count ? inside(message) : messages;
    }
    return message;
  }

  /**
   * The messages that are written within another one. Entries of maps are none: where a compiler
   * puts them is its own affair, so they do not count for indexes.
   */
  private static List<Descriptor> inside(Descriptor message) {
    return message.getNestedTypes().stream()
        .filter(inner -> !inner.getOptions().getMapEntry())
        .toList();
  }

  ProtoShape shape(Descriptor message) {
    ProtoShape known = shapes.get(message);
    if (known == null) {
      known = new ProtoShape(this, message);
      shapes.put(message, known);
    }
    return known;
  }
}
