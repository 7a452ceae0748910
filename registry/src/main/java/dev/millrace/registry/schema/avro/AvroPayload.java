package dev.millrace.registry.schema.avro;

import java.util.ArrayDeque;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.avro.Schema;

/**
 * Whether bytes are a datum of a schema: a walk over the bytes that builds no objects.
 *
 * <p>The schema is compiled to {@link AvroShape}s once. Nesting of the datum is limited, and so are
 * items that take no bytes.
 */
final class AvroPayload {
  private final Map<Schema, AvroShape.Record> records = new IdentityHashMap<>();
  private final ArrayDeque<Schema> open = new ArrayDeque<>();
  private final AvroShape root;

  private AvroPayload(Schema schema) {
    root = compiled(schema);
    for (Schema record = open.poll(); record != null; record = open.poll()) {
      fill(record);
    }
  }

  static AvroPayload of(Schema schema) {
    return new AvroPayload(schema);
  }

  /** Why the range is no datum; empty when it is. */
  Optional<String> violation(byte[] bytes, int offset, int length) {
    AvroCursor cursor = new AvroCursor(bytes, offset, offset + length);
    if (!root.read(cursor)) {
      return Optional.of(cursor.violation());
    }
    return cursor.left() == 0
        ? Optional.empty()
        : Optional.of(
            "bytes are left over after the value, bytes=" + cursor.left() + " of=" + length);
  }

  private AvroShape compiled(Schema schema) {
    return switch (schema.getType()) {
      case NULL -> new AvroShape.Nothing();
      case BOOLEAN -> new AvroShape.Flag();
      case INT -> new AvroShape.Whole(true);
      case LONG -> new AvroShape.Whole(false);
      case FLOAT -> new AvroShape.Sized(Float.BYTES, "float");
      case DOUBLE -> new AvroShape.Sized(Double.BYTES, "double");
      case FIXED -> new AvroShape.Sized(schema.getFixedSize(), "fixed " + schema.getFullName());
      case BYTES -> new AvroShape.Counted(false);
      case STRING -> new AvroShape.Counted(true);
      case ENUM -> new AvroShape.Choice(schema.getFullName(), schema.getEnumSymbols().size());
      case ARRAY -> new AvroShape.Blocks(compiled(schema.getElementType()), false);
      case MAP -> new AvroShape.Blocks(compiled(schema.getValueType()), true);
      case UNION -> {
        AvroShape[] branches = new AvroShape[schema.getTypes().size()];
        for (int branch = 0; branch < branches.length; branch++) {
          branches[branch] = compiled(schema.getTypes().get(branch));
        }
        yield new AvroShape.Either(branches);
      }
      case RECORD -> record(schema);
    };
  }

  private AvroShape record(Schema schema) {
    return records.computeIfAbsent(
        schema,
        key -> {
          int size = schema.getFields().size();
          open.add(schema);
          return new AvroShape.Record(new String[size], new AvroShape[size]);
        });
  }

  /**
   * Records may refer to each other in long chains, so their fields are filled in one record after
   * the other.
   */
  private void fill(Schema schema) {
    AvroShape.Record shape = Objects.requireNonNull(records.get(schema));
    for (Schema.Field field : schema.getFields()) {
      shape.names()[field.pos()] = field.name();
      shape.shapes()[field.pos()] = compiled(field.schema());
    }
  }
}
