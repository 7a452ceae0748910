package dev.millrace.serializers.core;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.DatumWriter;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.jspecify.annotations.Nullable;

/**
 * Writes values of one Avro schema, as they are or moved to another schema that is registered in
 * its place. One set of buffers is kept; threads that come while it is away make their own.
 */
final class AvroWriting implements Format.Encoder {
  private final Schema own;
  private final @Nullable Schema target;
  private final GenericData data;
  private final int id;
  private final AtomicReference<@Nullable Tools> spare = new AtomicReference<>();

  /**
   * A way to write.
   *
   * @param own the values' schema
   * @param target the registered one, null when it has the same bytes
   * @param id of the registered one
   */
  AvroWriting(Schema own, @Nullable Schema target, GenericData data, int id) {
    this.own = own;
    this.target = target;
    this.data = data;
    this.id = id;
  }

  @Override
  public byte[] encoded(Object value, byte[] prefix) {
    Tools tools = spare.getAndSet(null);
    if (tools == null) {
      tools = new Tools(own, target, data);
    }
    byte[] bytes;
    try {
      bytes = tools.encoded(value instanceof byte[] plain ? ByteBuffer.wrap(plain) : value, prefix);
    } catch (SecurityException e) {
      throw AvroFormat.untrusted("schema=" + own.getFullName(), e);
    } catch (IOException | AvroRuntimeException | ClassCastException | NullPointerException e) {
      throw new IllegalStateException(
          "the value does not fit its schema, id="
              + id
              + " schema="
              + own.getFullName()
              + " reason="
              + e.getMessage(),
          e);
    }
    if (tools.sink.small()) {
      spare.set(tools);
    }
    return bytes;
  }

  /** Buffers and writers; thrown away after a value that could not be written. */
  private static final class Tools {
    private static final byte[] NOTHING = new byte[0];

    private final Sink sink = new Sink();
    private final BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(sink, null);
    private final DatumWriter<Object> writer;
    private final @Nullable DatumReader<?> mover;
    private final @Nullable DatumWriter<Object> moved;

    Tools(Schema own, @Nullable Schema target, GenericData data) {
      writer = writer(data, own);
      mover = target == null ? null : new GenericData().createDatumReader(own, target);
      moved = target == null ? null : writer(new GenericData(), target);
    }

    @SuppressWarnings("unchecked") // a writer of a data model takes every datum of it
    private static DatumWriter<Object> writer(GenericData data, Schema schema) {
      return (DatumWriter<Object>) data.createDatumWriter(schema);
    }

    byte[] encoded(Object datum, byte[] prefix) throws IOException {
      sink.start(mover == null ? prefix : NOTHING);
      writer.write(datum, encoder);
      encoder.flush();
      byte[] bytes = sink.taken();
      if (mover == null || moved == null) {
        return bytes;
      }
      Object other = mover.read(null, DecoderFactory.get().binaryDecoder(bytes, null));
      sink.start(prefix);
      moved.write(other, encoder);
      encoder.flush();
      return sink.taken();
    }
  }
}
