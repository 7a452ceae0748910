package dev.millrace.wire.compress;

import dev.millrace.wire.WireException;
import java.io.Serial;

/** A compressed block that cannot be decoded, or that would become larger than its limit. */
public class CompressionException extends WireException {
  @Serial private static final long serialVersionUID = 1L;

  /** More plain bytes than the reader wants. */
  static CompressionException tooMuch(Codec codec, long bytesMax) {
    return new CompressionException(
        "decompressed bytes are more than allowed, codec=" + codec + " max=" + bytesMax);
  }

  public CompressionException(String message) {
    super(message);
  }

  public CompressionException(String message, Throwable cause) {
    super(message, cause);
  }
}
