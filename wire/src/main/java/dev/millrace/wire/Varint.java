package dev.millrace.wire;

/** Sizes and zig-zag of variable-length integers: seven bits a byte, low bits first. */
public final class Varint {
  /** Longest encoding of 32 bits, bytes. */
  public static final int INT_BYTES_MAX = 5;

  /** Longest encoding of 64 bits, bytes. */
  public static final int LONG_BYTES_MAX = 10;

  private Varint() {}

  /** Bytes that an unsigned 32-bit value takes. */
  public static int sizeOfUnsigned(int value) {
    // 1 + (31 - leadingZeros) / 7, without the division
    int leadingZeros = Integer.numberOfLeadingZeros(value | 1);
    return ((38 - leadingZeros) * 37) >>> 8;
  }

  /** Bytes that an unsigned 64-bit value takes. */
  public static int sizeOfUnsigned(long value) {
    int leadingZeros = Long.numberOfLeadingZeros(value | 1);
    return (70 - leadingZeros) / 7;
  }

  public static int zigZag(int value) {
    return (value << 1) ^ (value >> 31);
  }

  public static long zigZag(long value) {
    return (value << 1) ^ (value >> 63);
  }

  public static int unZigZag(int raw) {
    return (raw >>> 1) ^ -(raw & 1);
  }

  public static long unZigZag(long raw) {
    return (raw >>> 1) ^ -(raw & 1);
  }
}
