/** Measurements: a node beside Apache Kafka, and wire and log beside kafka-clients. */
module dev.millrace.bench {
  requires dev.millrace.base;
  requires dev.millrace.wire;
  requires dev.millrace.log;
  requires jmh.core;
  requires kafka.clients;
  requires java.management;
  requires static transitive org.jspecify;
}
