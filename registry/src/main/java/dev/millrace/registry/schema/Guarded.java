package dev.millrace.registry.schema;

import java.util.List;
import java.util.Optional;

/**
 * The last line against schemas that are deeper than a thread's stack: everything below is pure, so
 * what overflowed can be given up and answered.
 */
record Guarded(Schema schema) implements Schema {
  private static final String TOO_DEEP = "the schema is nested too deep for this";

  @Override
  public SchemaType type() {
    return schema.type();
  }

  @Override
  public String name() {
    return schema.name();
  }

  @Override
  public String canonical() {
    return schema.canonical();
  }

  @Override
  public String normal() {
    try {
      return schema.normal();
    } catch (StackOverflowError e) {
      return schema.canonical();
    }
  }

  @Override
  public String formatted(String format) {
    try {
      return schema.formatted(format);
    } catch (StackOverflowError e) {
      return schema.canonical();
    }
  }

  @Override
  public List<Difference> readerOf(Schema written) {
    Schema other = written instanceof Guarded guarded ? guarded.schema : written;
    if (other.type() != schema.type()) {
      return List.of(
          new Difference(
              "SCHEMA_TYPE_CHANGED",
              "/",
              "a schema of type "
                  + schema.type()
                  + " cannot read what one of type "
                  + other.type()
                  + " wrote; use another subject"));
    }
    try {
      return schema.readerOf(other);
    } catch (StackOverflowError e) {
      return List.of(new Difference("TOO_COMPLEX_TO_COMPARE", "/", TOO_DEEP));
    }
  }

  @Override
  public Optional<String> violation(byte[] bytes, int offset, int length) {
    try {
      return schema.violation(bytes, offset, length);
    } catch (StackOverflowError e) {
      return Optional.of(TOO_DEEP);
    }
  }

  @Override
  public String toString() {
    return schema.type() + " " + schema.name();
  }
}
