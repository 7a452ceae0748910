package dev.millrace.wire.records;

import dev.millrace.wire.compress.Codec;

/** What a topic's {@code compression.type} other than {@code producer} makes of all batches. */
public record Recompression(Codec codec, int level) {
  /** At the codec's default level. */
  public static Recompression to(Codec codec) {
    return new Recompression(codec, codec.levelDefault());
  }
}
