package dev.millrace.client.consumer;

/** Reads records where they lie, without an object for each of them. */
@FunctionalInterface
public interface RecordReader {
  /** The next record; it is lent until this call returns. What is thrown comes out of the poll. */
  void read(RecordView record);
}
