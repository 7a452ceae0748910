package dev.millrace.registry.text;

import dev.millrace.registry.schema.Named;
import dev.millrace.registry.schema.SchemaType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.io.JsonEncoder;

/**
 * Turns payloads of one schema into text and back. Belongs to one thread.
 *
 * <p>Avro is written in its JSON encoding, where the value of a union stands beside its type:
 * {@code {"string":"a"}}. A program that reads a topic of strangers gets what the bytes say or an
 * error, never memory beyond what they hold.
 */
public final class PayloadText {
  private final SchemaType type;
  private final Schema avro;

  /** The schema of JSON payloads, which need none to be shown. */
  private static final Schema NONE = Schema.create(Schema.Type.NULL);

  private PayloadText(SchemaType type, Schema avro) {
    this.type = type;
    this.avro = avro;
  }

  /**
   * Text of payloads of a schema.
   *
   * @param references in dependency order
   * @throws IllegalArgumentException when the schema cannot be read, or payloads of its type cannot
   *     be shown; the message is for people
   */
  public static PayloadText of(SchemaType type, String text, List<Named> references) {
    return switch (type) {
      case JSON -> new PayloadText(type, NONE);
      case AVRO -> new PayloadText(type, avro(text, references));
      case PROTOBUF ->
          throw new IllegalArgumentException("payloads of Protobuf cannot be turned into text yet");
    };
  }

  private static Schema avro(String text, List<Named> references) {
    try {
      Schema.Parser parser = new Schema.Parser();
      for (Named reference : references) {
        var ignored = parser.parse(reference.text());
      }
      return parser.parse(text);
    } catch (AvroRuntimeException e) {
      throw new IllegalArgumentException("schema cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * The text of a payload, on one line.
   *
   * @throws IllegalArgumentException when the bytes are not of this schema
   */
  public String read(byte[] bytes, int offset, int length) {
    if (type == SchemaType.JSON) {
      return new String(bytes, offset, length, StandardCharsets.UTF_8);
    }
    try {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      var decoder = DecoderFactory.get().binaryDecoder(bytes, offset, length, null);
      Object datum = new GenericDatumReader<Object>(avro).read(null, decoder);
      JsonEncoder encoder = EncoderFactory.get().jsonEncoder(avro, out);
      new GenericDatumWriter<Object>(avro).write(datum, encoder);
      encoder.flush();
      return out.toString(StandardCharsets.UTF_8);
    } catch (IOException | RuntimeException e) {
      throw new IllegalArgumentException("payload is not of its schema: " + e.getMessage(), e);
    }
  }

  /**
   * The payload of a text.
   *
   * @throws IllegalArgumentException when the text is not of this schema
   */
  public byte[] write(String text) {
    if (type == SchemaType.JSON) {
      return text.getBytes(StandardCharsets.UTF_8);
    }
    try {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      Object datum =
          new GenericDatumReader<Object>(avro)
              .read(null, DecoderFactory.get().jsonDecoder(avro, text));
      BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
      new GenericDatumWriter<Object>(avro).write(datum, encoder);
      encoder.flush();
      return out.toByteArray();
    } catch (IOException | RuntimeException e) {
      throw new IllegalArgumentException("text is not of the schema: " + e.getMessage(), e);
    }
  }
}
