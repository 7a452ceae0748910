package dev.millrace.registry.topic;

import dev.millrace.client.ClientException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The partition that all nodes of a cluster read and write. Calls block and throw {@link
 * ClientException}; {@link #read} and the others may be called by two threads at once.
 */
public interface SchemaTopic extends AutoCloseable {
  /** Stands for an end: there is no topic yet. */
  long ABSENT = -1;

  /** What became of a batch that was sent; what counts is where it is read again. */
  enum Sent {
    /** The leader has it, or one with its numbers. */
    TAKEN,
    /** Its numbers are not the next ones. */
    NOT_NEXT,
    /** Its epoch is over. */
    OLD_EPOCH,
    /** It may be in the log or not: no answer, a leader that moves. */
    UNKNOWN
  }

  /** What was read: the first batch holds or follows the offset that was asked for. */
  record Page(List<LogBatch> batches) {}

  /** The end of what is committed, {@link #ABSENT} without a topic. */
  long end();

  /** Where the log begins now. */
  long start();

  /** Creates the topic if it is not there, and returns when it has a leader. */
  void create();

  /**
   * Reads what is committed.
   *
   * @param waitMs how long to wait for something to come
   */
  Page read(long fromOffset, int waitMs);

  /**
   * Sends a batch once; returns when it is committed.
   *
   * @throws ClientException when the leader will never take it
   */
  Sent send(ByteBuffer batch);

  @Override
  void close();
}
