package dev.millrace.serializers.core;

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
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The files that Protobuf brings itself; they are not in a registry. */
final class OwnFiles {
  private OwnFiles() {}

  static @Nullable FileDescriptor of(String path) {
    return List.of(AnyProto.getDescriptor(), ApiProto.getDescriptor(), DescriptorProtos.getDescriptor(), DurationProto.getDescriptor(), EmptyProto.getDescriptor(),
            FieldMaskProto.getDescriptor(), SourceContextProto.getDescriptor(), StructProto.getDescriptor(), TimestampProto.getDescriptor(), TypeProto.getDescriptor(),
            WrappersProto.getDescriptor())
        .stream().filter(file -> file.getName().equals(path)).findFirst().orElse(null);
  }
}
