package dev.millrace.registry.schema;

import java.util.List;
import java.util.Optional;

/** A parsed schema: never changes, may be shared between threads. */
public interface Schema {
  /** Its language. */
  SchemaType type();

  /**
   * What RecordNameStrategy calls it: the record's full name, the first message's full name, the
   * JSON Schema's title. Empty when it has none.
   */
  String name();

  /**
   * The text that is stored and compared. Avro keeps docs, defaults and aliases and loses
   * formatting; a primitive stays quoted.
   */
  String canonical();

  /** The text of {@code normalize=true}: the same for all texts that mean the same. */
  String normal();

  /**
   * The text in another form of the REST parameter {@code format}: {@code resolved} (Avro:
   * references put in), {@code serialized} (Protobuf: the FileDescriptorProto in base 64), {@code
   * ignore_extensions} (Protobuf). Any other name, or one that is not of this type, is {@link
   * #canonical()}.
   */
  String formatted(String format);

  /** Why data written with {@code written} cannot be read with this schema; empty when it can. */
  List<Difference> readerOf(Schema written);

  /**
   * Why these bytes are no payload of this schema; empty when they are. The range is what follows
   * the schema's id; for Protobuf it starts with the message indexes.
   */
  Optional<String> violation(byte[] bytes, int offset, int length);
}
