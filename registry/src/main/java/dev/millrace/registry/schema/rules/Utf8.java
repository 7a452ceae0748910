package dev.millrace.registry.schema.rules;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Whether bytes are UTF-8, eight at a time while they are ASCII. */
public final class Utf8 {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long HIGH_BITS = 0x8080808080808080L;

  private Utf8() {}

  /**
   * Whether the bytes from {@code from} up to {@code end} are well-formed: no surrogates, nothing
   * overlong.
   */
  public static boolean valid(byte[] bytes, int from, int end) {
    int at = from;
    while (at < end) {
      if (end - at >= Long.BYTES && ((long) LONGS.get(bytes, at) & HIGH_BITS) == 0) {
        at += Long.BYTES;
        continue;
      }
      int length = sequence(bytes, at, end);
      if (length == 0) {
        return false;
      }
      at += length;
    }
    return true;
  }

  private static int sequence(byte[] bytes, int at, int end) {
    int first = bytes[at] & 0xff;
    if (first < 0x80) {
      return 1;
    }
    int length =
        first >= 0xc2 && first < 0xe0
            ? 2
            : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xf0 && first < 0xf5 ? 4 : 0;
    if (length == 0 || end - at < length) {
      return 0;
    }
    int point = first & (0x7f >> length);
    for (int next = 1; next < length; next++) {
      int value = bytes[at + next] & 0xff;
      if ((value & 0xc0) != 0x80) {
        return 0;
      }
      point = point << 6 | value & 0x3f;
    }
    boolean wrong =
        length == 3 && (point < 0x800 || point >= 0xd800 && point < 0xe000)
            || length == 4 && (point < 0x10000 || point > 0x10ffff);
    return wrong ? 0 : length;
  }
}
