package dev.millrace.wire.compress;

/** Memory that grows, where a codec writes a whole block without copies in between. */
public interface BlockTarget {
  /**
   * The memory with room for so many bytes from {@link #position} on; an empty array when the limit
   * of the target does not allow it, and then nothing more is to be written.
   */
  byte[] reserved(int bytes);

  /** Where the next byte goes. */
  int position();

  /** So many bytes were written. */
  void advance(int bytes);
}
