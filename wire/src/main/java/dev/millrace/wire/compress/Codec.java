package dev.millrace.wire.compress;

import org.jspecify.annotations.Nullable;

/** How the records of a batch are compressed, by the number in the batch's attributes. */
public enum Codec {
  NONE(0),
  GZIP(1),
  /** Snappy blocks in the framing of snappy-java. */
  SNAPPY(2),
  /** The LZ4 frame format. */
  LZ4(3),
  /** Zstandard frames; clients may send it from version 7 of Produce on (KIP-110). */
  ZSTD(4);

  private static final Codec[] BY_ID = values();

  private final int id;

  Codec(int id) {
    this.id = id;
  }

  /** The number in the lowest three bits of a batch's attributes. */
  public int id() {
    return id;
  }

  /** The codec of a number, or null when there is none. */
  public static @Nullable Codec of(int id) {
    return id >= 0 && id < BY_ID.length ? BY_ID[id] : null;
  }
}
