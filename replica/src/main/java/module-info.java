/** Copies of a partition: leader and followers, high watermark, waiting requests. */
module dev.millrace.replica {
  requires transitive dev.millrace.base;
  requires transitive dev.millrace.wire;
  requires transitive dev.millrace.net;
  requires transitive dev.millrace.log;
  requires transitive dev.millrace.quorum;
  requires static transitive org.jspecify;

  exports dev.millrace.replica;
  exports dev.millrace.replica.follow;
  exports dev.millrace.replica.share;
}
