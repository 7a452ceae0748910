package dev.millrace.broker.deadletter;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.wire.ErrorCode;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** The way to the partitions of dead-letter topics, wherever they are led. Safe for any thread. */
public interface DeadLetterLog {
  /**
   * Appends a batch as a producer with acks=all does.
   *
   * @param batch one whole batch, from position to limit; not to be touched afterwards
   * @param answer hears {@link ErrorCode#NONE} when it is committed, else why not; on any thread,
   *     maybe before this returns
   */
  void append(Uuid topicId, int partition, ByteBuffer batch, Consumer<ErrorCode> answer);
}
