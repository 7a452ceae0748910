package dev.millrace.log;

import dev.millrace.base.disk.DiskFile;
import dev.millrace.log.segment.Segment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Files of a log with bytes that are on disk in the journal only. They are held open, whatever
 * becomes of their segments. Safe for any thread.
 */
final class UnsettledFiles {
  private final Map<DiskFile, Path> files = new LinkedHashMap<>();
  private long bytes;

  /**
   * Notes bytes that were appended to a segment.
   *
   * @return how many bytes there are now
   */
  synchronized long add(Segment segment, int more) {
    DiskFile file = segment.file();
    if (!files.containsKey(file)) {
      files.put(file, segment.path());
      file.hold();
    }
    bytes += more;
    return bytes;
  }

  /** Where they are, or were; bytes are counted anew from here on. */
  synchronized List<Path> paths() {
    bytes = 0;
    return new ArrayList<>(files.values());
  }

  /** Hands them over; each must be released. */
  synchronized List<DiskFile> take() {
    List<DiskFile> taken = new ArrayList<>(files.keySet());
    files.clear();
    bytes = 0;
    return taken;
  }

  /** Lets them go as they are. */
  void release() {
    take().forEach(DiskFile::release);
  }
}
