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
   * How many of the bytes of {@link #size} are record bytes that the writer does not copy: it
   * remembers where they lie. The output needs memory for the others only.
   */
  default int externalBytes() {
    return 0;
  }

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
