/** Assembles the house: settings, start and stop order, embedded API, command line. */
module dev.millrace.server {
  requires transitive dev.millrace.base;
  requires transitive dev.millrace.wire;
  requires transitive dev.millrace.net;
  requires transitive dev.millrace.log;
  requires transitive dev.millrace.quorum;
  requires transitive dev.millrace.replica;
  requires transitive dev.millrace.coordinator;
  requires transitive dev.millrace.broker;
  requires transitive dev.millrace.client;
  requires dev.millrace.registry;
  requires com.fasterxml.jackson.core;
  requires com.fasterxml.jackson.databind;
  requires info.picocli;
  requires java.logging;
  requires jdk.httpserver;
  requires static transitive org.jspecify;

  exports dev.millrace.server;

  opens dev.millrace.server.command to
      info.picocli;
  opens dev.millrace.server.command.bench to
      info.picocli;
  opens dev.millrace.server.command.cluster to
      info.picocli;
  opens dev.millrace.server.command.config to
      info.picocli;
  opens dev.millrace.server.command.doctor to
      info.picocli;
  opens dev.millrace.server.command.files to
      info.picocli;
  opens dev.millrace.server.command.group to
      info.picocli;
  opens dev.millrace.server.command.records to
      info.picocli;
  opens dev.millrace.server.command.schema to
      info.picocli;
  opens dev.millrace.server.command.terminal to
      info.picocli;
  opens dev.millrace.server.command.topic to
      info.picocli;
  opens dev.millrace.server.command.transaction to
      info.picocli;
}
