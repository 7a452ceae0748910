package dev.millrace.server.dump;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** What the keys and values of a topic's records mean. */
interface RecordDecoder {
  /** The key for a person: text, or a map of fields. */
  @Nullable Object key(@Nullable ByteBuffer key);

  /** The value for a person, which the key may be needed for. */
  @Nullable Object value(@Nullable ByteBuffer key, @Nullable ByteBuffer value);
}
