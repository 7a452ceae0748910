package dev.millrace.registry.schema.json;

/** What reads and what wrote; the same two objects are the same pair. */
record ShapePair(Shape reader, Shape writer) {
  @Override
  public boolean equals(Object other) {
    return other instanceof ShapePair pair && pair.reader == reader && pair.writer == writer;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(reader) * 31 + System.identityHashCode(writer);
  }
}
