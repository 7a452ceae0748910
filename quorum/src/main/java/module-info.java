/**
 * Cluster metadata: the metadata log, the controller's decisions, an immutable image for readers.
 */
module dev.millrace.quorum {
  requires transitive dev.millrace.base;
  requires transitive dev.millrace.wire;
  requires transitive dev.millrace.net;
  requires transitive dev.millrace.log;
  requires transitive org.pcollections;
  requires static transitive org.jspecify;

  exports dev.millrace.quorum;
  exports dev.millrace.quorum.balance;
  exports dev.millrace.quorum.control;
  exports dev.millrace.quorum.image;
  exports dev.millrace.quorum.log;
  exports dev.millrace.quorum.record;
  exports dev.millrace.quorum.sim;
  exports dev.millrace.quorum.voters;

  uses dev.millrace.quorum.voters.Agreement.Engine;
}
