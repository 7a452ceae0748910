package dev.millrace.client.consumer;

import dev.millrace.client.TopicPartition;
import dev.millrace.wire.records.RecordHeader;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record where it lies. Everything is lent to a {@link RecordReader} until it returns, and a
 * buffer until the other one is asked for; headers are copies.
 */
public interface RecordView {
  TopicPartition partition();

  long offset();

  /** Wall-clock milliseconds, -1 when it has none. */
  long timestampMs();

  /** From position to limit, read-only; null without a key. */
  @Nullable ByteBuffer key();

  /** From position to limit, read-only; null without a value. */
  @Nullable ByteBuffer value();

  List<RecordHeader> headers();
}
