package dev.millrace.coordinator;

import dev.millrace.wire.ErrorCode;
import java.util.List;
import java.util.function.Consumer;

/**
 * One partition of an internal topic as its coordinator needs it, under one leader epoch. Called in
 * the turns of the coordinator's owner; answers come on any thread, also before the call returned.
 */
public interface CoordinatorLog {
  /** The most bytes that all records of one append may take together. */
  int batchBytesMax();

  /**
   * Appends {@code records} as one batch. Batches are appended in the order of the calls, and their
   * answers come in that order.
   */
  void append(List<KeyValue> records, Appending appending);

  /** The same for records that are part of a producer's transaction. */
  void append(InTransaction.Part transaction, List<KeyValue> records, Appending appending);

  /** Appends the marker that ends a producer's transaction, in the order of the other appends. */
  void end(InTransaction.End end, Appending appending);

  /**
   * Reads committed records, in chunks of a bounded size that hold at least one record.
   *
   * @param offset where to go on: {@link #START} first, then what the chunk before said
   */
  void read(long offset, Consumer<Chunk> reader);

  /**
   * Says that nothing before {@code offset} is needed to load the state: the log may give it up.
   */
  default void forget(long offset) {}

  /** Stands for the first offset of the log. */
  long START = -1;

  /** What becomes of an append. One of the methods is called, once. */
  interface Appending {
    /** The batch is committed: no later leader can be without it. */
    void committed(long baseOffset);

    /**
     * The batch is not committed and never will be by this leader: it was refused, or leadership is
     * lost and the state has to be loaded anew. A commit that only takes long is no failure.
     */
    void failed(ErrorCode error);
  }

  /** A part of the log, or why there is none. */
  sealed interface Chunk {
    /**
     * Records in the order of their offsets.
     *
     * @param nextOffset where to go on
     */
    record Entries(List<Entry> entries, long nextOffset) implements Chunk {}

    /**
     * Everything that was in the log when this leader epoch began has been read, and is committed.
     */
    record End() implements Chunk {}

    /** The log can't be read. */
    record Failed(String reason) implements Chunk {}
  }

  /** What lies at an offset. */
  sealed interface Entry {
    /**
     * A record.
     *
     * @param producerId the transaction it belongs to, or {@link #NO_PRODUCER}
     */
    record Stored(long offset, long producerId, KeyValue record) implements Entry {}

    /** The end of a producer's transaction on this partition. */
    record Marker(long offset, long producerId, boolean committed) implements Entry {}
  }

  /** The producer id of records outside transactions. */
  long NO_PRODUCER = -1;
}
