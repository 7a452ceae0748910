package dev.millrace.log;

import dev.millrace.base.disk.DiskFile;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Files of a log with bytes that are on disk in the journal only. They are held open, whatever
 * becomes of their segments. Safe for any thread.
 */
final class UnsettledFiles {
  private final Set<DiskFile> files = new LinkedHashSet<>();

  synchronized void add(DiskFile file) {
    if (files.add(file)) {
      file.hold();
    }
  }

  /** Hands them over; each must be released. */
  synchronized List<DiskFile> take() {
    List<DiskFile> taken = new ArrayList<>(files);
    files.clear();
    return taken;
  }

  /** Lets them go as they are. */
  void release() {
    take().forEach(DiskFile::release);
  }
}
