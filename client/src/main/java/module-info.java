/**
 * Programs' way to a cluster, over the protocol alone: producer, consumer, share consumer,
 * processor, administration.
 */
module dev.millrace.client {
  requires transitive dev.millrace.base;
  requires transitive dev.millrace.wire;
  requires transitive dev.millrace.net;
  requires static transitive org.jspecify;

  exports dev.millrace.client;
  exports dev.millrace.client.consumer;
  exports dev.millrace.client.process;
  exports dev.millrace.client.producer;
  exports dev.millrace.client.share;
}
