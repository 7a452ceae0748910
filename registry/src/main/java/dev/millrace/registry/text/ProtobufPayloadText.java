package dev.millrace.registry.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import dev.millrace.registry.schema.InvalidSchemaException;
import dev.millrace.registry.schema.Named;
import dev.millrace.registry.schema.protobuf.ProtobufSchema;
import java.io.IOException;
import java.util.List;

/**
 * Payloads of Protobuf in its JSON form: names in camel case, numbers of 64 bits as texts, bytes in
 * base 64. The bytes begin with the indexes that name the message; written is the first message.
 */
record ProtobufPayloadText(FileDescriptor file) implements PayloadText {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);
  private static final int INDEXES_MAX = 32;

  static ProtobufPayloadText of(String text, List<Named> references) {
    try {
      return new ProtobufPayloadText(ProtobufSchema.parse(text, references).file());
    } catch (InvalidSchemaException e) {
      throw new IllegalArgumentException("schema cannot be read: " + e.getMessage(), e);
    }
  }

  @Override
  public String read(byte[] bytes, int offset, int length) {
    try {
      CodedInputStream in = CodedInputStream.newInstance(bytes, offset, length);
      DynamicMessage message = DynamicMessage.parseFrom(message(in), in);
      in.checkLastTagWas(0);
      return MessageJson.of(message).toString();
    } catch (IOException | RuntimeException e) {
      throw new IllegalArgumentException("payload is not of its schema: " + e.getMessage(), e);
    }
  }

  private Descriptor message(CodedInputStream in) throws IOException {
    int count = in.readSInt32();
    if (count < 0 || count > INDEXES_MAX) {
      throw new IllegalArgumentException("impossible count of message indexes, count=" + count);
    }
    Descriptor message = at(file.getMessageTypes(), count == 0 ? 0 : in.readSInt32());
    for (int i = 1; i < count; i++) {
      message = at(inside(message), in.readSInt32());
    }
    return message;
  }

  /** The messages that are written within another one: entries of maps do not count. */
  private static List<Descriptor> inside(Descriptor message) {
    return message.getNestedTypes().stream()
        .filter(inner -> !inner.getOptions().getMapEntry())
        .toList();
  }

  private static Descriptor at(List<Descriptor> messages, int index) {
    if (index < 0 || index >= messages.size()) {
      throw new IllegalArgumentException(
          "the schema has no message of this index, index="
              + index
              + " messages="
              + messages.size());
    }
    return messages.get(index);
  }

  @Override
  public byte[] write(String text) {
    try {
      Message message = JsonMessage.of(at(file.getMessageTypes(), 0), JSON.readTree(text)).build();
      byte[] bytes = message.toByteArray();
      byte[] payload = new byte[1 + bytes.length];
      System.arraycopy(bytes, 0, payload, 1, bytes.length);
      return payload;
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("text is not JSON: " + e.getOriginalMessage(), e);
    } catch (RuntimeException e) {
      throw new IllegalArgumentException("text is not of the schema: " + e.getMessage(), e);
    }
  }
}
