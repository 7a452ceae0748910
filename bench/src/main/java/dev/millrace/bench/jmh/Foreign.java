package dev.millrace.bench.jmh;

import java.nio.ByteBuffer;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.MessageUtil;

/** Messages of kafka-clients as bytes. */
final class Foreign {

  private Foreign() {}

  /** All of a message in a buffer of its own, records too. */
  static ByteBuffer bytes(Message message, short version) {
    return MessageUtil.toByteBufferAccessor(message, version).buffer();
  }
}
