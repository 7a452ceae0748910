package dev.millrace.registry.schema.protobuf;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.ExtensionRegistry;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.millrace.registry.schema.Difference;
import dev.millrace.registry.schema.InvalidSchemaException;
import dev.millrace.registry.schema.Named;
import dev.millrace.registry.schema.Schema;
import dev.millrace.registry.schema.SchemaType;
import dev.millrace.registry.schema.rules.Comparison;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A Protobuf file. It comes as the text of a {@code .proto} file or, from clients that have only
 * the compiled form, as a FileDescriptorProto in base 64; both become the same text.
 */
public final class ProtobufSchema implements Schema {
  private static final String FILE = "default";

  private final FileDescriptor file;
  private final FileDescriptorProto complete;
  private final String canonical;
  private volatile @Nullable ProtoPayload payload;

  private ProtobufSchema(FileDescriptor file) {
    this.file = file;
    this.complete = ProtoLinker.complete(file);
    this.canonical = new ProtoText(complete, ProtoText.Form.CANONICAL).text();
  }

  /** Reads a file; a reference's name is the path it is imported by. */
  public static ProtobufSchema parse(String text, List<Named> references)
      throws InvalidSchemaException {
    Map<String, FileDescriptor> files = new HashMap<>();
    for (Named reference : references) {
      if (files.containsKey(reference.name())) {
        continue;
      }
      try {
        files.put(reference.name(), file(reference.name(), reference.text(), files));
      } catch (InvalidSchemaException e) {
        throw new InvalidSchemaException(
            "reference name=" + reference.name() + " is no protobuf file: " + e.getMessage(), e);
      }
    }
    return new ProtobufSchema(file(FILE, text, files));
  }

  private static FileDescriptor file(
      String name, String text, Map<String, FileDescriptor> references)
      throws InvalidSchemaException {
    byte[] compiled = compiled(text);
    if (compiled == null) {
      return ProtoLinker.linked(ProtoParser.parse(name, text), references);
    }
    try {
      FileDescriptorProto plain =
          FileDescriptorProto.parseFrom(compiled).toBuilder().setName(name).build();
      FileDescriptor linked = ProtoLinker.linked(plain, references);
      ExtensionRegistry options = Extensions.of(linked);
      FileDescriptorProto whole =
          FileDescriptorProto.parseFrom(compiled, options).toBuilder()
              .setName(name)
              .clearSourceCodeInfo()
              .build();
      return ProtoLinker.linked(whole, references);
    } catch (InvalidProtocolBufferException e) {
      throw new InvalidSchemaException(
          "the text is base 64, but what it encodes is no FileDescriptorProto, reason="
              + e.getMessage(),
          e);
    }
  }

  /**
   * What the text encodes; null when it is not base 64: a {@code .proto} file has at least one
   * character that base 64 has not.
   */
  private static byte @Nullable [] compiled(String text) {
    String stripped = text.strip();
    if (stripped.isEmpty() || stripped.indexOf(';') >= 0 || stripped.indexOf('{') >= 0) {
      return null;
    }
    try {
      return Base64.getDecoder().decode(stripped);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** What it is compiled to. */
  public FileDescriptor file() {
    return file;
  }

  @Override
  public SchemaType type() {
    return SchemaType.PROTOBUF;
  }

  @Override
  public String name() {
    return file.getMessageTypes().isEmpty() ? "" : file.getMessageTypes().getFirst().getFullName();
  }

  @Override
  public String canonical() {
    return canonical;
  }

  @Override
  public String normal() {
    return new ProtoText(complete, ProtoText.Form.NORMAL).text();
  }

  @Override
  public String formatted(String format) {
    return switch (format) {
      case "serialized" -> Base64.getEncoder().encodeToString(complete.toByteArray());
      case "ignore_extensions" ->
          new ProtoText(complete, ProtoText.Form.WITHOUT_CUSTOM_OPTIONS).text();
      default -> canonical;
    };
  }

  @Override
  public List<Difference> readerOf(Schema written) {
    return Comparison.of(
        new ProtoPair.Files(file, ((ProtobufSchema) written).file), ProtoRules::findings);
  }

  @Override
  public Optional<String> violation(byte[] bytes, int offset, int length) {
    ProtoPayload known = payload;
    if (known == null) {
      known = new ProtoPayload(file);
      payload = known;
    }
    return known.violation(bytes, offset, length);
  }
}
