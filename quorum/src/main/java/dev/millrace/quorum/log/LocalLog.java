package dev.millrace.quorum.log;

import dev.millrace.log.AppendOrigin;
import dev.millrace.log.AppendResult;
import dev.millrace.log.FlushPolicy;
import dev.millrace.log.PartitionLog;
import dev.millrace.log.checkpoint.WholeFile;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.ImageRecords;
import dev.millrace.quorum.image.MetadataException;
import dev.millrace.quorum.image.Replay;
import dev.millrace.quorum.log.MetadataLog.Observer;
import dev.millrace.quorum.log.MetadataLog.SnapshotId;
import dev.millrace.wire.Message;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What was agreed on, in files of this node: the partition log {@code __cluster_metadata-0} and its
 * snapshots, as a single voter would have written them. It follows the agreement and may be behind
 * it after a crash, so nothing in it is waited for. Belongs to the quorum's owner; blocks on the
 * disk.
 */
final class LocalLog {
  private final SoloLog.Parts parts;
  private final PartitionLog log;
  private final Path directory;
  private final Snapshots snapshots;

  private LocalLog(SoloLog.Parts parts, PartitionLog log) {
    this.parts = parts;
    this.log = log;
    this.directory = parts.directory().path().resolve(SoloLog.PARTITION.toString());
    this.snapshots = new Snapshots(parts.disk(), directory);
  }

  /** Opens the files, or makes empty ones. */
  static LocalLog open(SoloLog.Parts parts) {
    return new LocalLog(parts, SoloLog.openLog(parts.directory(), FlushPolicy.MEMORY));
  }

  Path directory() {
    return directory;
  }

  PartitionLog partitionLog() {
    return log;
  }

  boolean isEmpty() {
    return log.endOffset() == 0 && snapshots.newest() == null;
  }

  Path path(SnapshotId id) {
    return snapshots.path(id);
  }

  /**
   * Makes a snapshot of everything that is here: metadata of a time when this node was the only
   * voter, or none.
   *
   * @return its id, with the last epoch of that time
   */
  SnapshotId condense() {
    Replay replay = new Replay(ClusterImage.EMPTY);
    SnapshotId newest = snapshots.newest();
    long begin = 0;
    if (newest != null) {
      snapshots.read(newest, records -> records.forEach(replay::apply));
      begin = newest.offset();
    }
    long end = Math.max(begin, log.endOffset());
    new LogReplay(log).deliver(begin, log.endOffset(), new Applying(replay));
    SnapshotId id = new SnapshotId(end, lastEpoch(newest));
    Stream<Message> records = ImageRecords.of(replay.finish(end - 1, id.epoch()).image());
    snapshots.write(id, parts.clock().wallMs(), records);
    return id;
  }

  private int lastEpoch(@Nullable SnapshotId newest) {
    String text = WholeFile.readText(parts.disk(), directory.resolve(QuorumState.NAME));
    int last = Math.max(log.epochs().latest(), text == null ? 0 : QuorumState.epoch(text));
    return newest == null ? Math.max(last, 0) : Math.max(last, newest.epoch());
  }

  /** Tells all that is here; returns the offset behind it. */
  long deliver(Observer to) {
    SnapshotId newest = snapshots.newest();
    long begin = 0;
    if (newest != null) {
      restore(newest, records -> to.onSnapshot(newest, records));
      begin = newest.offset();
    }
    new LogReplay(log).deliver(begin, log.endOffset(), to);
    return log.endOffset();
  }

  /** Where a snapshot is put together that comes in parts. */
  Path incoming(SnapshotId id) {
    Path whole = snapshots.path(id);
    return whole.resolveSibling(whole.getFileName() + ".download");
  }

  /** Takes a snapshot over from elsewhere; any thread. */
  void adopt(SnapshotId id, Path file) {
    snapshots.adopt(id, file);
  }

  /** Begins with a snapshot that is here; the log goes on behind it. */
  void restore(SnapshotId id, Consumer<Stream<Message>> reader) {
    snapshots.removeOlderThan(id);
    if (log.endOffset() < id.offset() && !log.keeping().restartAt(id.offset())) {
      throw new MetadataException("log directory is offline, dir=" + directory);
    }
    snapshots.read(id, reader);
  }

  /** Appends a batch, unless the log has it from before a restart. */
  void append(long baseOffset, int epoch, boolean begins, ByteBuffer batch) {
    if (baseOffset < log.endOffset()) {
      return;
    }
    if (baseOffset > log.endOffset()) {
      throw new MetadataException(
          "metadata log has a gap, end=" + log.endOffset() + " next=" + baseOffset);
    }
    if (begins) {
      log.startEpoch(epoch);
    }
    if (log.append(batch, epoch, AppendOrigin.COORDINATOR)
        instanceof AppendResult.Refused refused) {
      throw new MetadataException("metadata log cannot be written: " + refused.message());
    }
  }

  /** Writes down who leads, for the dump tool and for a time with one voter. */
  void led(int leader, int epoch, List<Integer> voters) {
    QuorumState state = new QuorumState(leader, epoch, leader, voters);
    WholeFile.replace(parts.disk(), directory.resolve(QuorumState.NAME), state.json());
  }

  /** Writes a snapshot and gives up what it replaces. */
  void snapshot(SnapshotId id, Stream<Message> records) {
    snapshots.write(id, parts.clock().wallMs(), records);
  }

  /** Gives up the log before a snapshot. */
  void forgetBefore(SnapshotId id) {
    log.keeping().deleteRecords(id.offset());
    log.keeping().deleteOldSegments(id.offset());
  }

  /** Applies what a log tells. */
  private record Applying(Replay replay) implements Observer {
    @Override
    public void onSnapshot(SnapshotId end, Stream<Message> records) {
      records.forEach(replay::apply);
    }

    @Override
    public void onCommit(long baseOffset, int epoch, List<Message> records) {
      records.forEach(replay::apply);
    }

    @Override
    public void onLeaderChange(int leader, int epoch, long nextOffset) {}

    @Override
    public void onFailure(RuntimeException cause) {
      throw cause;
    }
  }
}
