package dev.millrace.registry.text;

import dev.millrace.registry.schema.Named;
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

/** Payloads of Avro in its JSON encoding. */
record AvroPayloadText(Schema avro) implements PayloadText {

  static AvroPayloadText of(String text, List<Named> references) {
    try {
      Schema.Parser parser = new Schema.Parser();
      for (Named reference : references) {
        var ignored = parser.parse(reference.text());
      }
      return new AvroPayloadText(parser.parse(text));
    } catch (AvroRuntimeException e) {
      throw new IllegalArgumentException("schema cannot be read: " + e.getMessage(), e);
    }
  }

  @Override
  public String read(byte[] bytes, int offset, int length) {
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

  @Override
  public byte[] write(String text) {
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
