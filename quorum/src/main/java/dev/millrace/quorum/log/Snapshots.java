package dev.millrace.quorum.log;

import dev.millrace.base.disk.Disk;
import dev.millrace.base.disk.Disk.Access;
import dev.millrace.base.disk.DiskFile;
import dev.millrace.quorum.log.MetadataLog.SnapshotId;
import dev.millrace.wire.Message;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * The snapshots in the directory of the metadata log: {@code OFFSET-EPOCH.checkpoint}, with 20 and
 * 10 digits. A snapshot is written beside its place, synced and renamed, so that one with the right
 * name is whole.
 */
final class Snapshots {
  private static final Pattern NAME = Pattern.compile("([0-9]{20})-([0-9]{10})\\.checkpoint");
  private static final String PART = ".part";
  private static final String INCOMING = ".incoming";
  private static final int COPY_BYTES = 1 << 20;

  private final Disk disk;
  private final Path directory;

  Snapshots(Disk disk, Path directory) {
    this.disk = disk;
    this.directory = directory;
  }

  static String name(SnapshotId id) {
    return String.format("%020d-%010d.checkpoint", id.offset(), id.epoch());
  }

  /** The snapshot that reaches furthest, or null when there is none. */
  @Nullable SnapshotId newest() {
    SnapshotId newest = null;
    for (String name : disk.list(directory)) {
      SnapshotId id = parse(name);
      if (id != null && (newest == null || id.offset() > newest.offset())) {
        newest = id;
      }
    }
    return newest;
  }

  /** Writes a snapshot and removes older ones. */
  void write(SnapshotId id, long timestampMs, Stream<Message> records) {
    Path path = directory.resolve(name(id));
    Path part = directory.resolve(name(id) + PART);
    try (DiskFile file = disk.open(part, Access.WRITE)) {
      file.truncate(0);
      new SnapshotWriter(file, id, timestampMs).write(records.iterator());
      file.sync();
    }
    disk.rename(part, path);
    disk.syncDirectory(directory);
    removeOlderThan(id);
  }

  /** Where a snapshot lies, or would lie. */
  Path path(SnapshotId id) {
    return directory.resolve(name(id));
  }

  /**
   * Copies a snapshot that came from elsewhere to its place, unless it is there. Any thread, also
   * while another snapshot is written.
   */
  void adopt(SnapshotId id, Path source) {
    if (disk.exists(path(id))) {
      return;
    }
    Path part = directory.resolve(name(id) + INCOMING);
    try (DiskFile from = disk.open(source, Access.READ);
        DiskFile file = disk.open(part, Access.WRITE)) {
      file.truncate(0);
      ByteBuffer buffer = ByteBuffer.allocate(COPY_BYTES);
      long size = from.size();
      for (long position = 0; position < size; ) {
        int count = from.read(buffer.clear(), position);
        file.write(buffer.flip(), position);
        position += count;
      }
      file.sync();
    }
    disk.rename(part, path(id));
    disk.syncDirectory(directory);
  }

  /** Gives the records of a snapshot to {@code reader}, while the file is open. */
  void read(SnapshotId id, Consumer<Stream<Message>> reader) {
    String name = name(id);
    try (DiskFile file = disk.open(directory.resolve(name), Access.READ)) {
      Iterator<Message> records = new SnapshotReader(file, name);
      reader.accept(
          StreamSupport.stream(
              Spliterators.spliteratorUnknownSize(records, Spliterator.ORDERED), false));
    }
  }

  /** Removes what a crash or a newer snapshot left behind. */
  void removeOlderThan(SnapshotId id) {
    for (String name : disk.list(directory)) {
      SnapshotId other = parse(name);
      if (name.endsWith(".checkpoint" + PART) || (other != null && other.offset() < id.offset())) {
        disk.delete(directory.resolve(name));
      }
    }
  }

  private static @Nullable SnapshotId parse(String name) {
    Matcher matcher = NAME.matcher(name);
    return matcher.matches()
        ? new SnapshotId(Long.parseLong(matcher.group(1)), Integer.parseInt(matcher.group(2)))
        : null;
  }
}
