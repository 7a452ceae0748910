package dev.millrace.registry.schema;

import dev.millrace.registry.schema.avro.AvroSchema;
import dev.millrace.registry.schema.json.JsonSchema;
import dev.millrace.registry.schema.protobuf.ProtobufSchema;
import dev.millrace.registry.schema.rules.Bounds;
import java.util.List;

/** Texts become schemas here. Safe for any number of threads. */
public final class Schemas {
  private Schemas() {}

  /**
   * Reads a schema.
   *
   * @param references what the text refers to, in dependency order, transitive ones included
   * @throws InvalidSchemaException when the text is no schema of that type; never any other
   *     exception or error
   */
  public static Schema parse(SchemaType type, String text, List<Named> references)
      throws InvalidSchemaException {
    return read(type, text, references, true);
  }

  /**
   * Reads a schema that was accepted before, perhaps by an older registry: defaults that do not fit
   * their type are let through.
   *
   * @throws InvalidSchemaException as {@link #parse}
   */
  public static Schema stored(SchemaType type, String text, List<Named> references)
      throws InvalidSchemaException {
    return read(type, text, references, false);
  }

  private static Schema read(SchemaType type, String text, List<Named> references, boolean strict)
      throws InvalidSchemaException {
    checkLengths(text, references);
    try {
      return new Guarded(
          switch (type) {
            case AVRO -> AvroSchema.parse(text, references, strict);
            case PROTOBUF -> ProtobufSchema.parse(text, references);
            case JSON -> JsonSchema.parse(text, references);
          });
    } catch (StackOverflowError e) {
      throw new InvalidSchemaException("the schema is nested too deep", e);
    } catch (RuntimeException e) {
      throw new InvalidSchemaException("the text is no schema, type=" + type + " reason=" + e, e);
    }
  }

  private static void checkLengths(String text, List<Named> references)
      throws InvalidSchemaException {
    long chars = text.length();
    for (Named reference : references) {
      chars += reference.text().length();
    }
    if (chars > Bounds.TEXT_CHARS_MAX) {
      throw new InvalidSchemaException(
          "the schema is too long, with its references it has characters="
              + chars
              + " max="
              + Bounds.TEXT_CHARS_MAX);
    }
  }
}
