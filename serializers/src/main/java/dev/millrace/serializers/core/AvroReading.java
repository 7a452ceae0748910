package dev.millrace.serializers.core;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.reflect.ReflectData;
import org.apache.avro.specific.SpecificData;
import org.jspecify.annotations.Nullable;

/**
 * Reads payloads of one Avro schema. One reader is kept; threads that come while it is away make
 * their own.
 */
final class AvroReading implements Format.Decoder {
  private final Schema written;
  private final Function<String, Schema> readers;
  private final GenericData data;
  private final int id;
  private final AtomicReference<@Nullable Tools> spare = new AtomicReference<>();

  /**
   * A way to read.
   *
   * @param readers the reader's schema for a topic; the same object as long as it stays the same
   * @param data which objects are made; the class of the reader's schema may bring its own
   */
  AvroReading(Schema written, Function<String, Schema> readers, GenericData data, int id) {
    this.written = written;
    this.readers = readers;
    this.data = data;
    this.id = id;
  }

  private static final class Tools {
    private final Schema reader;
    private final DatumReader<?> datums;
    private @Nullable BinaryDecoder decoder;

    Tools(Schema reader, DatumReader<?> datums) {
      this.reader = reader;
      this.datums = datums;
    }
  }

  @Override
  public Object decoded(Format.Payload payload) {
    Schema reader = readers.apply(payload.topic());
    try {
      Tools tools = spare.getAndSet(null);
      if (tools == null || tools.reader != reader) {
        tools = new Tools(reader, model(reader).createDatumReader(written, reader));
      }
      tools.decoder =
          DecoderFactory.get()
              .binaryDecoder(payload.bytes(), payload.offset(), payload.length(), tools.decoder);
      Object value = tools.datums.read(null, tools.decoder);
      spare.set(tools);
      return switch (reader.getType()) {
        case STRING -> value.toString();
        case BYTES -> value instanceof ByteBuffer buffer ? array(buffer) : value;
        default -> value;
      };
    } catch (SecurityException e) {
      throw AvroFormat.untrusted("topic=" + payload.topic() + " id=" + id, e);
    } catch (IOException
        | AvroRuntimeException
        | ClassCastException
        | IllegalArgumentException
        | IndexOutOfBoundsException e) {
      throw new IllegalStateException(
          "the payload cannot be read, topic="
              + payload.topic()
              + " id="
              + id
              + " schema="
              + written.getFullName()
              + differs(reader)
              + " reason="
              + e.getMessage(),
          e);
    }
  }

  /** Generated classes know how their logical types are made. */
  private GenericData model(Schema reader) {
    return data instanceof SpecificData && !(data instanceof ReflectData)
        ? SpecificData.getForSchema(reader)
        : data;
  }

  /** What keeps the reader's schema from reading, when they differ. */
  private String differs(Schema reader) {
    if (reader.equals(written)) {
      return "";
    }
    return " differences=" + AvroDifferences.of(reader, written);
  }

  private static byte[] array(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }
}
