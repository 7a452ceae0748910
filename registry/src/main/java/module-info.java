/** The schema registry: subjects, versions, compatibility, REST. */
module dev.millrace.registry {
  requires transitive dev.millrace.base;
  requires transitive dev.millrace.wire;
  requires transitive dev.millrace.client;
  requires transitive dev.millrace.net;
  requires com.fasterxml.jackson.core;
  requires com.fasterxml.jackson.databind;
  requires org.apache.avro;
  requires com.google.protobuf;
  requires org.pcollections;
  requires com.networknt.schema;
  requires re2j;
  requires static transitive org.jspecify;

  exports dev.millrace.registry;
  exports dev.millrace.registry.rest to
      dev.millrace.server;
  exports dev.millrace.registry.schema;
  exports dev.millrace.registry.text to
      dev.millrace.server;
}
