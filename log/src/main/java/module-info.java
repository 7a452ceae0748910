/** One partition's bytes on disk: segments, indexes, producer states, recovery, retention. */
module dev.millrace.log {
  requires transitive dev.millrace.base;
  requires transitive dev.millrace.wire;
  requires static java.logging;
  requires static transitive org.jspecify;

  exports dev.millrace.log;
  exports dev.millrace.log.checkpoint;
  exports dev.millrace.log.clean;
  exports dev.millrace.log.index;
  exports dev.millrace.log.journal;
  exports dev.millrace.log.producer;
}
