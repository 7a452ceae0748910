/** A cluster of the real rooms in one thread from one seed, under faults. */
module dev.millrace.sim {
  requires dev.millrace.base;
  requires dev.millrace.wire;
  requires dev.millrace.net;
  requires dev.millrace.log;
  requires dev.millrace.quorum;
  requires dev.millrace.replica;
  requires dev.millrace.coordinator;
  requires dev.millrace.broker;
  requires dev.millrace.client;
  requires java.logging;
  requires static org.jspecify;
}
