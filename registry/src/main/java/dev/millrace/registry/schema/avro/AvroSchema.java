package dev.millrace.registry.schema.avro;

import dev.millrace.registry.schema.Difference;
import dev.millrace.registry.schema.InvalidSchemaException;
import dev.millrace.registry.schema.Named;
import dev.millrace.registry.schema.Schema;
import dev.millrace.registry.schema.SchemaType;
import dev.millrace.registry.schema.rules.Bounds;
import dev.millrace.registry.schema.rules.Comparison;
import dev.millrace.registry.schema.rules.Nesting;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.avro.AvroRuntimeException;
import org.jspecify.annotations.Nullable;

/** An Avro schema. Differences carry the names of Avro's own list of incompatibilities. */
public final class AvroSchema implements Schema {
  // the library looks through everything below each named type, so a chain of them costs the square
  // of its length
  private static final int NAMED_MAX = 1500;

  private final org.apache.avro.Schema schema;
  private final String canonical;
  private volatile @Nullable AvroPayload payload;

  private AvroSchema(org.apache.avro.Schema schema, Collection<org.apache.avro.Schema> referenced) {
    this.schema = schema;
    this.canonical = text(schema, referenced);
  }

  // the formatters that replace this method always write what is referred to in full
  @SuppressWarnings("deprecation")
  private static String text(
      org.apache.avro.Schema schema, Collection<org.apache.avro.Schema> referenced) {
    return schema.toString(referenced, false);
  }

  /**
   * Reads a schema.
   *
   * @param strict whether defaults have to fit their types
   */
  public static AvroSchema parse(String text, List<Named> references, boolean strict)
      throws InvalidSchemaException {
    checkNamed(text, references);
    org.apache.avro.Schema.Parser parser = new org.apache.avro.Schema.Parser();
    parser.setValidateDefaults(false);
    Set<String> seen = new HashSet<>();
    for (Named reference : references) {
      if (seen.add(reference.text())) {
        read(
            parser,
            reference.text(),
            "reference name=" + reference.name() + " is no avro schema: ");
      }
    }
    List<org.apache.avro.Schema> referenced = List.copyOf(parser.getTypes().values());
    parser.setValidateDefaults(strict);
    return new AvroSchema(read(parser, text, ""), referenced);
  }

  private static void checkNamed(String text, List<Named> references)
      throws InvalidSchemaException {
    int named = named(text);
    for (Named reference : references) {
      named += named(reference.text());
    }
    if (named > NAMED_MAX) {
      throw new InvalidSchemaException(
          "the schema has too many named types, with its references types="
              + named
              + " max="
              + NAMED_MAX);
    }
  }

  /**
   * How often a text says the word of a named type; names and symbols that are such words count,
   * too.
   */
  private static int named(String text) {
    int count = 0;
    for (String word : List.of("\"record\"", "\"enum\"", "\"fixed\"", "\"error\"")) {
      for (int at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length())) {
        count++;
      }
    }
    return count;
  }

  private static org.apache.avro.Schema read(
      org.apache.avro.Schema.Parser parser, String text, String where)
      throws InvalidSchemaException {
    Nesting.ofJson(text, Bounds.DEPTH_MAX);
    try {
      return parser.parse(text);
    } catch (AvroRuntimeException e) {
      throw new InvalidSchemaException(where + AvroMessages.of(e), e);
    }
  }

  @Override
  public SchemaType type() {
    return SchemaType.AVRO;
  }

  @Override
  public String name() {
    return schema.getType() == org.apache.avro.Schema.Type.UNION ? "" : schema.getFullName();
  }

  @Override
  public String canonical() {
    return canonical;
  }

  @Override
  public String normal() {
    return AvroText.normal(canonical);
  }

  @Override
  public String formatted(String format) {
    return format.equals("resolved") ? schema.toString() : canonical;
  }

  @Override
  public List<Difference> readerOf(Schema written) {
    return Comparison.of(
        new AvroPair(schema, ((AvroSchema) written).schema), new AvroRules()::findings);
  }

  @Override
  public Optional<String> violation(byte[] bytes, int offset, int length) {
    AvroPayload known = payload;
    if (known == null) {
      known = AvroPayload.of(schema);
      payload = known;
    }
    return known.violation(bytes, offset, length);
  }
}
