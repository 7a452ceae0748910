package dev.millrace.registry.schema.protobuf;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumValueDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import dev.millrace.registry.schema.InvalidSchemaException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a compiler refuses and linking does not notice: reserved numbers and names that are used,
 * numbers of constants used twice.
 */
final class ProtoChecks {
  private ProtoChecks() {}

  static void check(FileDescriptorProto file) throws InvalidSchemaException {
    for (DescriptorProto message : file.getMessageTypeList()) {
      check(message, 1);
    }
    for (EnumDescriptorProto enumeration : file.getEnumTypeList()) {
      check(enumeration);
    }
  }

  private static void check(DescriptorProto message, int depth) throws InvalidSchemaException {
    if (depth > ProtoParser.NESTING_MAX + 1) {
      throw new InvalidSchemaException(
          "messages are nested too deep, levels>" + ProtoParser.NESTING_MAX);
    }
    TreeMap<Integer, Integer> reserved = new TreeMap<>();
    for (DescriptorProto.ReservedRange range : message.getReservedRangeList()) {
      add(reserved, range.getStart(), range.getEnd() - 1, message.getName());
    }
    for (DescriptorProto.ExtensionRange range : message.getExtensionRangeList()) {
      add(reserved, range.getStart(), range.getEnd() - 1, message.getName());
    }
    Set<String> names = new HashSet<>(message.getReservedNameList());
    for (FieldDescriptorProto field : message.getFieldList()) {
      if (holds(reserved, field.getNumber())) {
        throw new InvalidSchemaException(
            "the number of a field is reserved, message="
                + message.getName()
                + " field="
                + field.getName()
                + " number="
                + field.getNumber());
      }
      if (names.contains(field.getName())) {
        throw new InvalidSchemaException(
            "the name of a field is reserved, message="
                + message.getName()
                + " field="
                + field.getName());
      }
    }
    for (DescriptorProto nested : message.getNestedTypeList()) {
      check(nested, depth + 1);
    }
    for (EnumDescriptorProto enumeration : message.getEnumTypeList()) {
      check(enumeration);
    }
  }

  private static void check(EnumDescriptorProto enumeration) throws InvalidSchemaException {
    TreeMap<Integer, Integer> reserved = new TreeMap<>();
    for (EnumDescriptorProto.EnumReservedRange range : enumeration.getReservedRangeList()) {
      add(reserved, range.getStart(), range.getEnd(), enumeration.getName());
    }
    Map<Integer, String> byNumber = new HashMap<>();
    Set<String> names = new HashSet<>(enumeration.getReservedNameList());
    for (EnumValueDescriptorProto constant : enumeration.getValueList()) {
      String other = byNumber.put(constant.getNumber(), constant.getName());
      if (other != null && !enumeration.getOptions().getAllowAlias()) {
        throw new InvalidSchemaException(
            "two constants have one number, enum="
                + enumeration.getName()
                + " constants="
                + other
                + ","
                + constant.getName()
                + "; say option allow_alias = true; if that is meant");
      }
      if (holds(reserved, constant.getNumber()) || names.contains(constant.getName())) {
        throw new InvalidSchemaException(
            "a constant is reserved, enum="
                + enumeration.getName()
                + " constant="
                + constant.getName());
      }
    }
  }

  private static void add(TreeMap<Integer, Integer> ranges, int first, int last, String owner)
      throws InvalidSchemaException {
    Map.Entry<Integer, Integer> before = ranges.floorEntry(last);
    if (before != null && before.getValue() >= first) {
      throw new InvalidSchemaException(
          "two reserved ranges overlap, in="
              + owner
              + " number="
              + Math.max(first, before.getKey()));
    }
    ranges.put(first, last);
  }

  private static boolean holds(TreeMap<Integer, Integer> ranges, int number) {
    Map.Entry<Integer, Integer> before = ranges.floorEntry(number);
    return before != null && before.getValue() >= number;
  }
}
