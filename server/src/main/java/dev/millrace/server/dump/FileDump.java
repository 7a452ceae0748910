package dev.millrace.server.dump;

import dev.millrace.base.disk.Disk;
import dev.millrace.base.disk.DiskFile;
import dev.millrace.log.journal.JournalFile;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Shows one file; what it is follows from its name, and for records from its folder's. */
public final class FileDump {
  private static final Pattern NAME =
      Pattern.compile(
          "([0-9]{20})(?:-[0-9]{10})?\\.(log|index|timeindex|txnindex|snapshot|checkpoint)"
              + "(?:\\.(?:deleted|cleaned|swap))?");

  private final Disk disk;
  private final DumpOutput out;
  private final boolean showsRecords;

  /**
   * @param showsRecords whether the records of batches are shown too
   */
  public FileDump(Disk disk, DumpOutput out, boolean showsRecords) {
    this.disk = disk;
    this.out = out;
    this.showsRecords = showsRecords;
  }

  /** Whether there is anything to show in a file of this name. */
  public static boolean isKnown(Path path) {
    return path.getFileName() != null
        && (isJournal(path) || NAME.matcher(path.getFileName().toString()).matches());
  }

  /**
   * Shows a file.
   *
   * @throws dev.millrace.base.disk.DiskException when it cannot be read
   * @throws IllegalArgumentException when its name is none of a partition's files
   */
  public void dump(Path path) {
    if (isJournal(path)) {
      try (DiskFile file = disk.open(path, Disk.Access.READ)) {
        new JournalDump(out).dump(file, path);
      }
      return;
    }
    Matcher name = NAME.matcher(String.valueOf(path.getFileName()));
    if (!name.matches()) {
      throw new IllegalArgumentException("file is none of a partition's, path=" + path);
    }
    long baseOffset = Long.parseLong(name.group(1));
    try (DiskFile file = disk.open(path, Disk.Access.READ)) {
      switch (name.group(2)) {
        case "index" -> new OffsetIndexDump(baseOffset, out).dump(file);
        case "timeindex" -> new TimeIndexDump(baseOffset, out).dump(file);
        case "txnindex" -> new TxnIndexDump(out).dump(file);
        case "snapshot" -> new ProducerSnapshotDump(out).dump(file);
        default -> new SegmentDump(out, decoder(path), showsRecords).dump(file);
      }
    }
  }

  private static boolean isJournal(Path path) {
    return path.endsWith(JournalFile.NAME);
  }

  private static RecordDecoder decoder(Path path) {
    Path folder = path.toAbsolutePath().getParent();
    String name = folder == null ? "" : String.valueOf(folder.getFileName());
    if (name.startsWith("__consumer_offsets-")) {
      return CoordinatorDecoder.GROUPS;
    }
    if (name.startsWith("__transaction_state-")) {
      return CoordinatorDecoder.TRANSACTIONS;
    }
    return name.startsWith("__cluster_metadata-") ? new MetadataDecoder() : new TextDecoder();
  }
}
