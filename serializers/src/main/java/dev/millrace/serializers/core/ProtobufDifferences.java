package dev.millrace.serializers.core;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Why one message type could not read what another one writes: fields meet by number. */
final class ProtobufDifferences {
  private static final int TOLD_MAX = 20;

  private record Pair(Descriptor reader, Descriptor writer, String path) {}

  private final List<String> told = new ArrayList<>();
  private final ArrayDeque<Pair> open = new ArrayDeque<>();
  private final Set<List<Descriptor>> seen = new HashSet<>();

  private ProtobufDifferences() {}

  static List<String> of(Descriptor reader, Descriptor writer) {
    ProtobufDifferences differences = new ProtobufDifferences();
    differences.add(new Pair(reader, writer, ""));
    for (Pair pair = differences.open.poll();
        pair != null && differences.told.size() < TOLD_MAX;
        pair = differences.open.poll()) {
      differences.compare(pair);
    }
    return differences.told;
  }

  private void add(Pair pair) {
    if (seen.add(List.of(pair.reader(), pair.writer()))) {
      open.add(pair);
    }
  }

  private void compare(Pair pair) {
    for (FieldDescriptor written : pair.writer().getFields()) {
      FieldDescriptor read = pair.reader().findFieldByNumber(written.getNumber());
      if (read == null) {
        continue;
      }
      String path = pair.path() + "/" + written.getNumber();
      if (!bytes(read).equals(bytes(written))) {
        told.add(
            "FIELD_KIND_CHANGED at "
                + path
                + " the field '"
                + written.getName()
                + "' is written as "
                + bytes(written)
                + " and read as "
                + bytes(read));
      } else if (read.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
        add(new Pair(read.getMessageType(), written.getMessageType(), path));
      }
    }
    for (FieldDescriptor read : pair.reader().getFields()) {
      FieldDescriptor written = pair.writer().findFieldByNumber(read.getNumber());
      if (read.isRequired() && (written == null || !written.isRequired())) {
        told.add(
            "REQUIRED_FIELD_ADDED at "
                + pair.path()
                + "/"
                + read.getNumber()
                + " the field '"
                + read.getName()
                + "' is required and may not be written");
      }
    }
  }

  /** What a field's bytes are; repeated numbers are packed. */
  private static String bytes(FieldDescriptor field) {
    String kind =
        switch (field.getType()) {
          case INT32, INT64, UINT32, UINT64, BOOL, ENUM -> "a whole number";
          case SINT32, SINT64 -> "a signed number";
          case FIXED32, SFIXED32 -> "a number of 4 bytes";
          case FIXED64, SFIXED64 -> "a number of 8 bytes";
          case FLOAT -> "a float";
          case DOUBLE -> "a double";
          case STRING, BYTES -> "text or bytes";
          case GROUP -> "a group";
          case MESSAGE -> field.isMapField() ? "a map" : "a message";
        };
    boolean packs = field.isRepeated() && field.isPackable();
    return packs ? kind + ", repeated" : kind;
  }
}
