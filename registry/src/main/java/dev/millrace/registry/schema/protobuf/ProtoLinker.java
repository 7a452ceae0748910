package dev.millrace.registry.schema.protobuf;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import dev.millrace.registry.schema.InvalidSchemaException;
import java.util.List;
import java.util.Map;

/** Names find their types: a descriptor and those it imports become one. */
final class ProtoLinker {
  private ProtoLinker() {}

  /**
   * The linked file.
   *
   * @param references files by import path; well-known ones need not be there
   */
  static FileDescriptor linked(FileDescriptorProto file, Map<String, FileDescriptor> references)
      throws InvalidSchemaException {
    FileDescriptor[] imports = new FileDescriptor[file.getDependencyCount()];
    for (int index = 0; index < imports.length; index++) {
      String path = file.getDependency(index);
      FileDescriptor imported = references.get(path);
      imported = imported == null ? WellKnown.file(path) : imported;
      if (imported == null) {
        throw new InvalidSchemaException(
            "the import \""
                + path
                + "\" is not among the references, references="
                + references.keySet()
                + "; register that file and refer to it by this name");
      }
      imports[index] = imported;
    }
    ProtoChecks.check(file);
    try {
      return FileDescriptor.buildFrom(file, imports);
    } catch (DescriptorValidationException e) {
      throw new InvalidSchemaException(
          e.getDescription() + " (at " + e.getProblemSymbolName() + ")", e);
    }
  }

  /** The descriptor with every type said and every name whole, as a compiler writes it. */
  static FileDescriptorProto complete(FileDescriptor file) {
    FileDescriptorProto.Builder whole = file.toProto().toBuilder();
    for (int index = 0; index < whole.getMessageTypeCount(); index++) {
      complete(whole.getMessageTypeBuilder(index), file.getMessageTypes().get(index));
    }
    complete(whole.getExtensionBuilderList(), file.getExtensions());
    for (int index = 0; index < whole.getServiceCount(); index++) {
      ServiceDescriptor service = file.getServices().get(index);
      for (int method = 0; method < service.getMethods().size(); method++) {
        whole
            .getServiceBuilder(index)
            .getMethodBuilder(method)
            .setInputType("." + service.getMethods().get(method).getInputType().getFullName())
            .setOutputType("." + service.getMethods().get(method).getOutputType().getFullName());
      }
    }
    return whole.build();
  }

  private static void complete(DescriptorProto.Builder message, Descriptor linked) {
    complete(message.getFieldBuilderList(), linked.getFields());
    complete(message.getExtensionBuilderList(), linked.getExtensions());
    for (int index = 0; index < message.getNestedTypeCount(); index++) {
      complete(message.getNestedTypeBuilder(index), linked.getNestedTypes().get(index));
    }
  }

  private static void complete(
      List<FieldDescriptorProto.Builder> fields, List<FieldDescriptor> linked) {
    for (int index = 0; index < fields.size(); index++) {
      FieldDescriptorProto.Builder field = fields.get(index);
      FieldDescriptor type = linked.get(index);
      if (type.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
        boolean group = field.getType() == FieldDescriptorProto.Type.TYPE_GROUP && field.hasType();
        field.setType(
            group ? FieldDescriptorProto.Type.TYPE_GROUP : FieldDescriptorProto.Type.TYPE_MESSAGE);
        field.setTypeName("." + type.getMessageType().getFullName());
      } else if (type.getJavaType() == FieldDescriptor.JavaType.ENUM) {
        field
            .setType(FieldDescriptorProto.Type.TYPE_ENUM)
            .setTypeName("." + type.getEnumType().getFullName());
      }
      if (type.isExtension()) {
        field.setExtendee("." + type.getContainingType().getFullName());
      }
    }
  }
}
