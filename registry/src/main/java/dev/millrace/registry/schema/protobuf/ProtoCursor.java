package dev.millrace.registry.schema.protobuf;

import dev.millrace.registry.schema.rules.Utf8;

/** Where the walk over one message stands, and what it met that cannot be. */
final class ProtoCursor {
  static final int VARINT = 0;
  static final int FIXED64 = 1;
  static final int LENGTH = 2;
  static final int START = 3;
  static final int END = 4;
  static final int FIXED32 = 5;
  static final int DEPTH_MAX = 100;

  private final byte[] bytes;
  private int at;
  private int end;
  private long value;
  private String reason = "";

  ProtoCursor(byte[] bytes, int at, int end) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  boolean atEnd() {
    return at == end;
  }

  boolean varint() {
    long read = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      if (at == end) {
        return fails("the bytes end too early");
      }
      byte next = bytes[at++];
      read |= (next & 0x7fL) << shift;
      if (next >= 0) {
        value = read;
        return true;
      }
    }
    return fails("a number has more than ten bytes");
  }

  long value() {
    return value;
  }

  long zigzag() {
    return value >>> 1 ^ -(value & 1);
  }

  boolean skip(long count) {
    if (count < 0 || count > end - at) {
      return fails("the bytes end too early");
    }
    at += (int) count;
    return true;
  }

  /** Reads a length and narrows to as many bytes; says where the wider range ends, or -1. */
  int narrow() {
    if (!varint()) {
      return -1;
    }
    if (value < 0 || value > end - at) {
      fails("a length goes beyond the end, length=" + value);
      return -1;
    }
    int wider = end;
    end = at + (int) value;
    return wider;
  }

  void widen(int wider) {
    end = wider;
  }

  boolean text() {
    int from = at;
    at = end;
    return Utf8.valid(bytes, from, end);
  }

  void toEnd() {
    at = end;
  }

  /** Passes over a value of this wire type; groups with all that is in them. */
  boolean pass(int wireType, int number, int depth) {
    return switch (wireType) {
      case VARINT -> varint();
      case FIXED64 -> skip(Long.BYTES);
      case FIXED32 -> skip(Integer.BYTES);
      case LENGTH -> varint() && skip(value);
      case START -> group(number, depth);
      default -> fails("there is no such wire type, type=" + wireType);
    };
  }

  private boolean group(int number, int depth) {
    if (depth > DEPTH_MAX) {
      return fails("the message is nested too deep, levels>" + DEPTH_MAX);
    }
    while (varint()) {
      int inner = (int) (value >>> 3);
      int wireType = (int) (value & 7);
      if (wireType == END) {
        return inner == number
            || fails("a group is ended by another number, group=" + number + " end=" + inner);
      }
      if (!pass(wireType, inner, depth + 1)) {
        return false;
      }
    }
    return false;
  }

  boolean fails(String why) {
    if (reason.isEmpty()) {
      reason = why;
    }
    return false;
  }

  String violation() {
    return reason;
  }
}
