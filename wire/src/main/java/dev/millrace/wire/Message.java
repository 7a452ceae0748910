package dev.millrace.wire;

/**
 * A structure of the Kafka protocol: an immutable value that knows its exact size and writes itself
 * in each version it has. Each generated message also has a static {@code read(WireReader, short)}.
 */
public interface Message {
  /**
   * Exact number of bytes that {@link #write} will produce.
   *
   * @throws WireException when the version cannot carry what this message holds
   */
  int size(short version);

  /**
   * Writes this message.
   *
   * @throws WireException when the version cannot carry what this message holds
   */
  void write(WireWriter out, short version);

  /** Lowest version that can be read and written. */
  short lowestVersion();

  /** Highest version that can be read and written. */
  short highestVersion();
}
