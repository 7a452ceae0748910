/** Measurements: a node beside Apache Kafka, and wire and log beside kafka-clients. */
module dev.millrace.bench {
  requires dev.millrace.base;
  requires dev.millrace.wire;
  requires dev.millrace.log;
  requires dev.millrace.client;
  requires jmh.core;
  requires kafka.clients;
  requires java.management;
  requires jdk.management;
  requires static transitive org.jspecify;
}
