/** Frames in, replies out in order, outbound calls. */
module dev.millrace.net {
  requires transitive dev.millrace.base;
  requires transitive dev.millrace.wire;
  requires jdk.net;
  requires static transitive org.jspecify;

  exports dev.millrace.net;
  exports dev.millrace.net.call;
  exports dev.millrace.net.sim;
}
