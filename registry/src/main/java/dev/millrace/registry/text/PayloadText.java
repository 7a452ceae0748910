package dev.millrace.registry.text;

import dev.millrace.registry.schema.Named;
import dev.millrace.registry.schema.SchemaType;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Turns payloads of one schema into text and back. Belongs to one thread.
 *
 * <p>Avro is written in its JSON encoding, where the value of a union stands beside its type:
 * {@code {"string":"a"}}; Protobuf in its JSON form. A program that reads a topic of strangers gets
 * what the bytes say or an error, never memory beyond what they hold.
 */
public interface PayloadText {
  /**
   * Text of payloads of a schema.
   *
   * @param references in dependency order
   * @throws IllegalArgumentException when the schema cannot be read; the message is for people
   */
  static PayloadText of(SchemaType type, String text, List<Named> references) {
    return switch (type) {
      case JSON -> new Plain();
      case AVRO -> AvroPayloadText.of(text, references);
      case PROTOBUF -> ProtobufPayloadText.of(text, references);
    };
  }

  /**
   * The text of a payload, on one line.
   *
   * @throws IllegalArgumentException when the bytes are not of this schema
   */
  String read(byte[] bytes, int offset, int length);

  /**
   * The payload of a text; of Protobuf that of the first message, with its index.
   *
   * @throws IllegalArgumentException when the text is not of this schema
   */
  byte[] write(String text);

  /** Payloads of JSON Schema are text. */
  record Plain() implements PayloadText {
    @Override
    public String read(byte[] bytes, int offset, int length) {
      return new String(bytes, offset, length, StandardCharsets.UTF_8);
    }

    @Override
    public byte[] write(String text) {
      return text.getBytes(StandardCharsets.UTF_8);
    }
  }
}
