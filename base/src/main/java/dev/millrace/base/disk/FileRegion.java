package dev.millrace.base.disk;

/**
 * Bytes of an open file. The region stays readable as long as its file is open or held, whatever is
 * appended behind it.
 *
 * @param position where it starts in the file, bytes
 * @param length bytes
 */
public record FileRegion(DiskFile file, long position, int length) {
  public FileRegion {
    if (position < 0 || length < 0) {
      throw new IllegalArgumentException(
          "file region is negative, position=" + position + " length=" + length);
    }
  }
}
