package dev.millrace.wire;

/** Length of a string in UTF-8 without encoding it. */
public final class Utf8 {
  private Utf8() {}

  /** Bytes that {@code text} takes in UTF-8; a lone surrogate counts as the one byte of '?'. */
  public static int length(String text) {
    int bytes = 0;
    int chars = text.length();
    for (int i = 0; i < chars; i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        bytes++;
      } else if (c < 0x800) {
        bytes += 2;
      } else if (!Character.isSurrogate(c)) {
        bytes += 3;
      } else if (Character.isHighSurrogate(c)
          && i + 1 < chars
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        bytes += 4;
        i++;
      } else {
        bytes++;
      }
    }
    return bytes;
  }
}
