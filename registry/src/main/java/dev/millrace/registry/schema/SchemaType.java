package dev.millrace.registry.schema;

/** The languages a schema may be written in; the names are those of the REST interface. */
public enum SchemaType {
  /** Avro, the default where no type is said. */
  AVRO,
  /** JSON Schema. */
  JSON,
  /** Protobuf. */
  PROTOBUF
}
