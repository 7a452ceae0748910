/** The front desk: one handler an API key. */
module dev.millrace.broker {
  requires transitive dev.millrace.base;
  requires transitive dev.millrace.wire;
  requires transitive dev.millrace.net;
  requires transitive dev.millrace.log;
  requires transitive dev.millrace.quorum;
  requires transitive dev.millrace.replica;
  requires transitive dev.millrace.coordinator;
  requires java.logging;
  requires re2j;
  requires static transitive org.jspecify;

  exports dev.millrace.broker;
  exports dev.millrace.broker.balance;
  exports dev.millrace.broker.cluster;
  exports dev.millrace.broker.config;
  exports dev.millrace.broker.control;
  exports dev.millrace.broker.coordinator;
  exports dev.millrace.broker.data;
  exports dev.millrace.broker.fetch;
  exports dev.millrace.broker.forward;
  exports dev.millrace.broker.group;
  exports dev.millrace.broker.life;
  exports dev.millrace.broker.security;
  exports dev.millrace.broker.topic;
  exports dev.millrace.broker.transaction;
}
