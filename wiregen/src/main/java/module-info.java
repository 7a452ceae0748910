/**
 * Reads Kafka's JSON message specifications and writes Java sources. A workshop tool, never
 * shipped.
 */
module dev.millrace.wiregen {
  requires java.compiler;
  requires com.fasterxml.jackson.databind;
  requires static org.jspecify;
}
