package dev.millrace.registry.schema.avro;

import dev.millrace.registry.schema.rules.Utf8;

/** Where the walk over one datum stands, and what it met that cannot be. */
final class AvroCursor {
  private static final int DEPTH_MAX = 500;
  private static final int EMPTY_ITEMS_MAX = 1_000_000;

  private final byte[] bytes;
  private final int end;
  private int at;
  private int depth;
  private long emptyItems;
  private String reason = "";
  private String path = "";
  long value;

  AvroCursor(byte[] bytes, int at, int end) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  int left() {
    return end - at;
  }

  /** Reads a variable-length zig-zag number of at most ten bytes into {@link #value}. */
  boolean number() {
    long raw = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      if (at == end) {
        return ends();
      }
      byte next = bytes[at++];
      raw |= (next & 0x7fL) << shift;
      if (next >= 0) {
        value = raw >>> 1 ^ -(raw & 1);
        return true;
      }
    }
    return fails("a number has more than ten bytes");
  }

  boolean skip(long count) {
    if (count > end - at) {
      return ends();
    }
    at += (int) count;
    return true;
  }

  /** Reads a length and as many bytes. */
  boolean counted(boolean text) {
    if (!number()) {
      return false;
    }
    long count = value;
    if (count < 0) {
      return fails("a length is negative, length=" + count);
    }
    int from = at;
    if (!skip(count)) {
      return false;
    }
    return !text || Utf8.valid(bytes, from, at) || fails("a string is no UTF-8");
  }

  int next() {
    return at == end ? -1 : bytes[at++];
  }

  boolean ends() {
    return fails("the bytes end too early");
  }

  boolean fails(String why) {
    reason = why;
    return false;
  }

  /** The failure lies below {@code name}. */
  boolean within(String name) {
    if (path.length() < 300) {
      path = path.isEmpty() ? name : name + "." + path;
    }
    return false;
  }

  boolean deeper() {
    return ++depth <= DEPTH_MAX || fails("the value is nested too deep, levels>" + DEPTH_MAX);
  }

  void higher() {
    depth--;
  }

  /** Whether one more item of no bytes is bearable. */
  boolean emptyItem() {
    return ++emptyItems <= EMPTY_ITEMS_MAX
        || fails("too many items without bytes, items>" + EMPTY_ITEMS_MAX);
  }

  String violation() {
    return path.isEmpty() ? reason : reason + ", field=" + path;
  }
}
