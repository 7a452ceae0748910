package dev.millrace.registry.schema.avro;

import org.apache.avro.Schema;

/** A type that reads and one that wrote; the same two objects are the same pair. */
record AvroPair(Schema reader, Schema writer) {
  @Override
  public boolean equals(Object other) {
    return other instanceof AvroPair pair && pair.reader == reader && pair.writer == writer;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(reader) * 31 + System.identityHashCode(writer);
  }
}
