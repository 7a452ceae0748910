package dev.millrace.registry.schema.protobuf;

import com.google.protobuf.AnyProto;
import com.google.protobuf.ApiProto;
import com.google.protobuf.DescriptorProtos;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DurationProto;
import com.google.protobuf.EmptyProto;
import com.google.protobuf.FieldMaskProto;
import com.google.protobuf.SourceContextProto;
import com.google.protobuf.StructProto;
import com.google.protobuf.TimestampProto;
import com.google.protobuf.TypeProto;
import com.google.protobuf.WrappersProto;
import dev.millrace.registry.schema.InvalidSchemaException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The files that a schema may import without a reference: Protobuf's own, and those that
 * serializers of other makers let schemas import.
 */
final class WellKnown {
  private static final String META =
      """
      syntax = "proto3"; package confluent; import "google/protobuf/descriptor.proto";
      message Meta { string doc = 1; map<string, string> params = 2; repeated string tags = 3; }
      extend google.protobuf.FileOptions { Meta file_meta = 1088; }
      extend google.protobuf.MessageOptions { Meta message_meta = 1088; }
      extend google.protobuf.FieldOptions { Meta field_meta = 1088; }
      extend google.protobuf.EnumOptions { Meta enum_meta = 1088; }
      extend google.protobuf.EnumValueOptions { Meta enum_value_meta = 1088; }
      """;
  private static final Map<String, String> TEXTS =
      Map.of(
          "confluent/meta.proto", META,
          "confluent/type/decimal.proto",
              "syntax = \"proto3\"; package confluent.type; message Decimal { bytes value = 1; uint32 precision = 2; int32 scale = 3; }",
          "google/type/date.proto",
              "syntax = \"proto3\"; package google.type; message Date { int32 year = 1; int32 month = 2; int32 day = 3; }",
          "google/type/timeofday.proto",
              "syntax = \"proto3\"; package google.type; message TimeOfDay { int32 hours = 1; int32 minutes = 2; int32 seconds = 3; int32 nanos = 4; }",
          "google/type/money.proto",
              "syntax = \"proto3\"; package google.type; message Money { string currency_code = 1; int64 units = 2; int32 nanos = 3; }",
          "google/type/latlng.proto",
              "syntax = \"proto3\"; package google.type; message LatLng { double latitude = 1; double longitude = 2; }");

  private WellKnown() {}

  static @Nullable FileDescriptor file(String path) throws InvalidSchemaException {
    FileDescriptor own = own(path);
    String text = TEXTS.get(path);
    if (own != null || text == null) {
      return own;
    }
    return ProtoLinker.linked(ProtoParser.parse(path, text), Map.of());
  }

  private static @Nullable FileDescriptor own(String path) {
    return switch (path) {
      case "google/protobuf/any.proto" -> AnyProto.getDescriptor();
      case "google/protobuf/api.proto" -> ApiProto.getDescriptor();
      case "google/protobuf/descriptor.proto" -> DescriptorProtos.getDescriptor();
      case "google/protobuf/duration.proto" -> DurationProto.getDescriptor();
      case "google/protobuf/empty.proto" -> EmptyProto.getDescriptor();
      case "google/protobuf/field_mask.proto" -> FieldMaskProto.getDescriptor();
      case "google/protobuf/source_context.proto" -> SourceContextProto.getDescriptor();
      case "google/protobuf/struct.proto" -> StructProto.getDescriptor();
      case "google/protobuf/timestamp.proto" -> TimestampProto.getDescriptor();
      case "google/protobuf/type.proto" -> TypeProto.getDescriptor();
      case "google/protobuf/wrappers.proto" -> WrappersProto.getDescriptor();
      default -> null;
    };
  }
}
