package dev.millrace.log;

import dev.millrace.base.disk.Disk;
import dev.millrace.base.disk.DiskException;
import dev.millrace.base.disk.FileRegion;
import dev.millrace.log.checkpoint.TopicPartition;
import dev.millrace.wire.records.RecordBatch;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/**
 * A log on its way to another log directory of the node: a future copy is brought to what the log
 * has, in slices, and takes its place (KIP-113). The steps of taking over are made so that a crash
 * between any two leaves one copy that counts and has everything that was acknowledged: {@code
 * docs/decisions/0220}.
 *
 * <ol>
 *   <li>{@link #copy} until there is nothing more to copy.
 *   <li>{@link #prepare}: the future copy is on disk and gets its final name, under a note that it
 *       does not count.
 *   <li>{@link #finish}, while nobody appends: the rest is copied. From here on the caller appends
 *       to the copy, and acknowledges nothing of that yet.
 *   <li>{@link #commit}: the note says that the copy counts.
 *   <li>{@link #retire}: the old one is removed, then the note.
 * </ol>
 *
 * <p>Belongs to one thread at a time, which may block on the disk.
 */
public final class LogMove {
  /** So much is copied at most while nobody can append. */
  private static final long REST_BYTES_MAX = 1 << 20;

  private static final int REST_SLICE_BYTES = 256 << 10;

  private final PartitionLog from;
  private final PartitionLog to;
  private final LogDirectory target;
  private int generation;
  private boolean prepared;

  /** How far a slice of copying has come. */
  public sealed interface Step {
    /** There may be more. */
    record Copied(long bytes) implements Step {}

    /** The copy has everything up to where it was to be copied, but for what compaction removed. */
    record Level() implements Step {}

    /**
     * Nothing could be copied; it can be tried again.
     *
     * @param why for people
     */
    record Failed(String why) implements Step {}
  }

  /**
   * A move of a log to its future copy. Nobody may append to the log before this returns: what the
   * copy has and the log has not, after a crash, is given up.
   *
   * @param to of {@link LogDirectory#openFuture} of {@code target}
   */
  public LogMove(PartitionLog from, PartitionLog to, LogDirectory target) {
    this.from = from;
    this.to = to;
    this.target = target;
    this.generation = generation();
    if (!isPrefix()) {
      to.keeping().restartAt(from.startOffset());
    }
  }

  /** The future copy. */
  public PartitionLog to() {
    return to;
  }

  /** So many offsets it is behind. */
  public long lag() {
    return Math.max(from.endOffset() - to.endOffset(), 0);
  }

  /**
   * Copies the next batches.
   *
   * @param upTo where the log is to be copied to: what lies above may still be taken back
   * @param bytesMax about so much
   */
  public Step copy(long upTo, int bytesMax) {
    int before = generation();
    if (before != generation) {
      to.keeping().restartAt(from.startOffset());
      generation = before;
    }
    long start = from.startOffset();
    boolean isBehind = to.endOffset() < start;
    long offset = Math.max(to.endOffset(), start);
    if (offset >= upTo) {
      if (isBehind) {
        to.keeping().restartAt(start);
      }
      return new Step.Level();
    }
    if (!from.isIntact(offset, bytesMax)) {
      return new Step.Failed("copy to be moved is damaged, or its log directory is offline");
    }
    return switch (from.read(offset, bytesMax, true, upTo)) {
      case ReadResult.Batches found -> {
        if (isBehind) {
          to.keeping().restartAt(Math.min(found.baseOffset(), start));
        }
        yield append(found.region());
      }
      case ReadResult.Nothing _ -> new Step.Level();
      case ReadResult.OutOfRange _ -> new Step.Copied(0);
      case ReadResult.Failed failed -> new Step.Failed(failed.message());
    };
  }

  private Step append(FileRegion region) {
    ByteBuffer bytes = ByteBuffer.allocate(region.length());
    try {
      region.file().read(bytes, region.position());
    } catch (DiskException fault) {
      return new Step.Failed(String.valueOf(fault.getMessage()));
    }
    ByteBuffer whole = whole(bytes.flip());
    if (whole.remaining() == 0) {
      return new Step.Failed("segment ends within a batch, log=" + from);
    }
    return switch (to.appendAsFollower(whole)) {
      case AppendResult.Refused refused -> new Step.Failed(refused.message());
      case AppendResult.Appended _, AppendResult.Duplicate _ -> new Step.Copied(whole.limit());
    };
  }

  private static ByteBuffer whole(ByteBuffer bytes) {
    int at = 0;
    while (bytes.limit() - at >= RecordBatch.HEADER_BYTES) {
      RecordBatch batch = RecordBatch.at(bytes, at);
      if (!batch.isWhole()) {
        break;
      }
      at += batch.sizeBytes();
    }
    return bytes.slice(0, at);
  }

  /**
   * Makes ready to take over; may be called again.
   *
   * @return whether it was done
   */
  public boolean prepare() {
    if (prepared) {
      return true;
    }
    TopicPartition partition = to.partition();
    Disk disk = to.files().disk();
    Path name = target.path().resolve(partition.toString());
    prepared =
        guarded(() -> to.flushing().flush() >= 0)
            && !disk.exists(name)
            && to.keeping()
                .rename(
                    name,
                    () -> {
                      target.futureCopies().noteCopying(partition);
                      disk.rename(to.files().directory(), name);
                      disk.syncDirectory(target.path());
                    });
    return prepared;
  }

  /**
   * Copies what is left, while nobody appends to the log or cuts it. Touches the page cache only.
   *
   * @return whether the copy has everything; when it has not, there was too much left
   */
  public boolean finish() {
    long left = REST_BYTES_MAX;
    while (left > 0 && generation() == generation && to.endOffset() >= from.startOffset()) {
      switch (copy(from.endOffset(), REST_SLICE_BYTES)) {
        case Step.Copied copied -> left -= Math.max(copied.bytes(), 1);
        case Step.Failed _ -> left = 0;
        case Step.Level _ -> {
          to.skipTo(from.endOffset());
          return to.endOffset() == from.endOffset();
        }
      }
    }
    return false;
  }

  /**
   * Makes the copy the one that counts, for every start from now on.
   *
   * @return whether it was done; it can be tried again while the directory is online
   */
  public boolean commit() {
    return guarded(() -> {
      if (to.flushing().flush() < 0) {
        return false;
      }
      target.futureCopies().noteMoved(to.partition());
      to.flushing().returnToJournal();
      if (from.startOffset() > to.startOffset()) {
        to.keeping().deleteRecords(from.startOffset());
      }
      return true;
    });
  }

  /**
   * Removes the old log, so that it lasts.
   *
   * @param source its directory
   */
  public void retire(LogDirectory source) {
    source.remove(from);
    source.syncNames();
    if (source.isOnline()) {
      target.settleMove(to.partition());
    }
  }

  private boolean guarded(BooleanSupplier work) {
    try {
      return target.isOnline() && work.getAsBoolean();
    } catch (DiskException fault) {
      if (fault.kind() != DiskException.Kind.FULL) {
        to.context().health().fail(fault);
      }
      return false;
    }
  }

  private int generation() {
    from.lock().lock();
    try {
      return from.tail().generation();
    } finally {
      from.lock().unlock();
    }
  }

  /** Whether the copy has nothing that the log has not: by the leaders that wrote it (KIP-101). */
  private boolean isPrefix() {
    if (to.endOffset() <= to.startOffset()) {
      return to.endOffset() <= from.startOffset();
    }
    int last = to.lastEpoch();
    LeaderEpochs.End end = from.epochEnd(last);
    boolean isSame = end.epoch() == last && to.endOffset() <= end.endOffset();
    return isSame && to.endOffset() <= from.endOffset();
  }
}
