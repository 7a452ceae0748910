/** Time, turns, bytes, disk, settings: what every room needs. No behaviour of Kafka lives here. */
module dev.millrace.base {
  requires jdk.unsupported;
  requires static transitive org.jspecify;

  exports dev.millrace.base.bytes;
  exports dev.millrace.base.disk;
  exports dev.millrace.base.settings;
  exports dev.millrace.base.sim;
  exports dev.millrace.base.time;
  exports dev.millrace.base.turns;
}
