/**
 * Serializers and deserializers with a schema registry, for stock Java clients, Streams and
 * Millrace's own client.
 */
module dev.millrace.serializers {
  requires java.net.http;
  requires com.fasterxml.jackson.databind;
  requires static org.apache.avro;
  requires static com.google.protobuf;
  requires static com.networknt.schema;
  requires static kafka.clients;
  requires static org.jspecify;

  exports dev.millrace.serializers;
  exports dev.millrace.serializers.core;
  exports dev.millrace.serializers.json;
  exports dev.millrace.serializers.kafka;
  exports dev.millrace.serializers.protobuf;
  exports dev.millrace.serializers.registry;
}
