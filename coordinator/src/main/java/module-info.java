/**
 * Event-sourced state machines that live on a partition: groups of all kinds, offsets,
 * transactions, states of share groups.
 */
module dev.millrace.coordinator {
  requires transitive dev.millrace.base;
  requires transitive dev.millrace.wire;
  requires transitive dev.millrace.quorum;
  requires re2j;
  requires static transitive org.jspecify;

  exports dev.millrace.coordinator;
  exports dev.millrace.coordinator.consumer;
  exports dev.millrace.coordinator.group;
  exports dev.millrace.coordinator.record;
  exports dev.millrace.coordinator.share;
  exports dev.millrace.coordinator.sharegroup;
  exports dev.millrace.coordinator.share.record;
  exports dev.millrace.coordinator.streams;
  exports dev.millrace.coordinator.transaction;
  exports dev.millrace.coordinator.transaction.record;
}
