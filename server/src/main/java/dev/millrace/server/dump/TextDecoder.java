package dev.millrace.server.dump;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Keys and values of applications: shown as UTF-8. */
final class TextDecoder implements RecordDecoder {
  @Override
  public @Nullable Object key(@Nullable ByteBuffer key) {
    return text(key);
  }

  @Override
  public @Nullable Object value(@Nullable ByteBuffer key, @Nullable ByteBuffer value) {
    return text(value);
  }

  static @Nullable String text(@Nullable ByteBuffer bytes) {
    return bytes == null ? null : StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
  }
}
