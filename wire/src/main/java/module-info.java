/** Kafka's alphabet: generated messages, record batches, compression codecs. */
module dev.millrace.wire {
  requires transitive dev.millrace.base;
  requires static transitive org.jspecify;
  requires com.github.luben.zstd_jni;
  requires org.lz4.java;
  requires org.xerial.snappy;

  exports dev.millrace.wire;
  exports dev.millrace.wire.compress;
  exports dev.millrace.wire.message;
  exports dev.millrace.wire.records;
}
