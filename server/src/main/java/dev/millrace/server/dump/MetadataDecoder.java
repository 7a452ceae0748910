package dev.millrace.server.dump;

import dev.millrace.quorum.record.RecordKinds;
import dev.millrace.wire.Message;
import dev.millrace.wire.WireReader;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The records of {@code __cluster_metadata}: frame version, kind and version as unsigned varints,
 * then the structure.
 */
final class MetadataDecoder implements RecordDecoder {
  private static final int FRAME_VERSION = 1;

  @Override
  public @Nullable Object key(@Nullable ByteBuffer key) {
    return TextDecoder.text(key);
  }

  @Override
  public @Nullable Object value(@Nullable ByteBuffer key, @Nullable ByteBuffer value) {
    if (value == null) {
      return null;
    }
    WireReader in = new WireReader(value.duplicate());
    Map<String, @Nullable Object> named = new LinkedHashMap<>();
    int frame = in.unsignedVarint();
    if (frame != FRAME_VERSION) {
      named.put("frame " + frame, "unknown, bytes=" + value.remaining());
      return named;
    }
    int kind = in.unsignedVarint();
    int version = in.unsignedVarint();
    Message message = RecordKinds.read((short) kind, in, (short) version);
    if (message == null) {
      named.put("kind " + kind, "unknown, bytes=" + value.remaining());
    } else {
      named.put(message.getClass().getSimpleName(), Fields.of(message));
    }
    return named;
  }
}
