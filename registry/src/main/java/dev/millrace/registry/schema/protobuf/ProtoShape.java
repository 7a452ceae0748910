package dev.millrace.registry.schema.protobuf;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the bytes of one message look like. */
final class ProtoShape {
  private static final int DIRECT_MAX = 128;

  private final ProtoPayload payload;
  private final @Nullable FieldDescriptor[] direct = new @Nullable FieldDescriptor[DIRECT_MAX];
  private final Map<Integer, FieldDescriptor> others = new HashMap<>();
  private final BitSet required = new BitSet();
  private final Descriptor message;

  ProtoShape(ProtoPayload payload, Descriptor message) {
    this.payload = payload;
    this.message = message;
    for (FieldDescriptor field : message.getFields()) {
      if (field.getNumber() < DIRECT_MAX) {
        direct[field.getNumber()] = field;
      } else {
        others.put(field.getNumber(), field);
      }
      if (field.isRequired()) {
        required.set(field.getIndex());
      }
    }
  }

  /** Reads to the cursor's end. */
  boolean read(ProtoCursor cursor, int depth) {
    return fields(cursor, 0, depth);
  }

  private boolean fields(ProtoCursor cursor, int group, int depth) {
    if (depth > ProtoCursor.DEPTH_MAX) {
      return cursor.fails("the message is nested too deep, levels>" + ProtoCursor.DEPTH_MAX);
    }
    BitSet missing = required.isEmpty() ? null : (BitSet) required.clone();
    while (!cursor.atEnd()) {
      if (!cursor.varint()) {
        return false;
      }
      long tag = cursor.value();
      int number = (int) (tag >>> 3);
      int wireType = (int) (tag & 7);
      if (tag >>> 32 != 0 || number == 0) {
        return cursor.fails("a field has an impossible number, number=" + (tag >>> 3));
      }
      if (wireType == ProtoCursor.END) {
        return group == number
            ? complete(cursor, missing)
            : cursor.fails("a group ends that did not start, number=" + number);
      }
      FieldDescriptor field = number < DIRECT_MAX ? direct[number] : others.get(number);
      if (field == null) {
        if (!cursor.pass(wireType, number, depth)) {
          return false;
        }
        continue;
      }
      if (missing != null) {
        missing.clear(field.getIndex());
      }
      if (!value(cursor, field, wireType, depth)) {
        return false;
      }
    }
    return group == 0
        ? complete(cursor, missing)
        : cursor.fails("a group does not end, number=" + group);
  }

  private boolean complete(ProtoCursor cursor, @Nullable BitSet missing) {
    return missing == null
        || missing.isEmpty()
        || cursor.fails(
            "a required field is missing, field="
                + message.getFields().get(missing.nextSetBit(0)).getName());
  }

  private boolean value(ProtoCursor cursor, FieldDescriptor field, int wireType, int depth) {
    int expected = wireType(field);
    if (wireType == expected) {
      return (wireType == ProtoCursor.LENGTH || wireType == ProtoCursor.START)
          ? nested(cursor, field, depth)
          : cursor.pass(wireType, field.getNumber(), depth);
    }
    boolean packed =
        wireType == ProtoCursor.LENGTH && field.isRepeated() && expected != ProtoCursor.START;
    if (!packed) {
      return cursor.fails(
          "the field '"
              + field.getName()
              + "' is written in a way that its type has not, number="
              + field.getNumber()
              + " type="
              + field.getType().name().toLowerCase(Locale.ROOT)
              + " wireType="
              + wireType
              + " expected="
              + expected);
    }
    int wider = cursor.narrow();
    if (wider < 0) {
      return false;
    }
    while (!cursor.atEnd()) {
      if (!cursor.pass(expected, field.getNumber(), depth)) {
        return false;
      }
    }
    cursor.widen(wider);
    return true;
  }

  private boolean nested(ProtoCursor cursor, FieldDescriptor field, int depth) {
    if (field.getType() == FieldDescriptor.Type.GROUP && wireType(field) == ProtoCursor.START) {
      return payload.shape(field.getMessageType()).fields(cursor, field.getNumber(), depth + 1);
    }
    int wider = cursor.narrow();
    if (wider < 0) {
      return false;
    }
    boolean read;
    if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
      read = payload.shape(field.getMessageType()).fields(cursor, 0, depth + 1);
    } else if (field.getType() == FieldDescriptor.Type.STRING && field.needsUtf8Check()) {
      read =
          cursor.text()
              || cursor.fails(
                  "the string of field '"
                      + field.getName()
                      + "' is no UTF-8, number="
                      + field.getNumber());
    } else {
      cursor.toEnd();
      read = true;
    }
    cursor.widen(wider);
    return read;
  }

  private static int wireType(FieldDescriptor field) {
    return switch (field.getType()) {
      case INT32, INT64, UINT32, UINT64, SINT32, SINT64, BOOL, ENUM -> ProtoCursor.VARINT;
      case FIXED64, SFIXED64, DOUBLE -> ProtoCursor.FIXED64;
      case FIXED32, SFIXED32, FLOAT -> ProtoCursor.FIXED32;
      case GROUP -> ProtoCursor.START;
      case STRING, BYTES, MESSAGE -> ProtoCursor.LENGTH;
    };
  }
}
