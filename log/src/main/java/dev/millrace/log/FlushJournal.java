package dev.millrace.log;

import static dev.millrace.base.disk.BlockFile.BLOCK_BYTES;

import dev.millrace.base.disk.DiskException;
import dev.millrace.base.turns.Turns;
import dev.millrace.log.journal.Frame;
import dev.millrace.log.journal.JournalFile;
import dev.millrace.log.journal.LogKey;
import dev.millrace.log.segment.Segment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The journal of a log directory: what is written to it is on disk, whatever the logs' own files
 * hold. It has two halves. While one is filled, the settler syncs the files of the logs that have
 * bytes in the other, which is free after that; no bytes are given up before.
 *
 * <p>Safe for any thread. Its lock is the innermost: no log is called under it but to note a file.
 */
final class FlushJournal {
  /** So many bytes of one log are written twice rather than synced. */
  static final int LOG_BYTES_MAX = 128 << 10;

  /** More in one round is never written twice. */
  static final int ROUND_BYTES_MAX = 4 << 20;

  /** What is in a half is settled after so long, however little it is. */
  static final long SETTLE_MS = 5000;

  /**
   * So many bytes of one log are synced early. A sync of more keeps the disk from the journal's
   * next write for longer than an acknowledgement may take.
   */
  static final int SETTLE_BYTES = 2 << 20;

  /** Of a round's entries besides their bytes, at most, each log. */
  private static final int ENTRY_BYTES_MAX = 512;

  private final JournalFile file;
  private final Settlement settlement;
  private final Turns settler;

  /** One half is settled at a time. Before all locks of logs. */
  private final ReentrantLock settling = new ReentrantLock();

  private final DirectoryHealth health;
  private final Frame frame;
  private final int frameBytes;
  private final Set<PartitionLog> inFrame = new HashSet<>();
  private Half filling;
  private Half other;
  private long next;
  private boolean closed;

  private static final class Half {
    final int index;
    long usedBytes;
    long firstSequence;
    final Set<PartitionLog> logs = new HashSet<>();

    /** Whether nothing in it counts any more. */
    boolean isFree = true;

    Half(int index) {
      this.index = index;
    }
  }

  /**
   * A part of a log that is to be written.
   *
   * @param from where the part begins
   * @param to where it ends, in the same segment
   */
  record Piece(PartitionLog log, FlushPoint from, FlushPoint to) {}

  /**
   * A journal without content.
   *
   * @param next number of its first frame
   */
  FlushJournal(
      JournalFile file, long next, Settlement settlement, Turns settler, DirectoryHealth health) {
    this.file = file;
    this.settlement = settlement;
    this.settler = settler;
    this.health = health;
    this.frameBytes = (int) Math.min(Frame.BYTES_MAX, file.halfBytes() / 4 & -BLOCK_BYTES);
    this.frame = new Frame(frameBytes);
    this.next = next;
    this.filling = new Half(0);
    this.other = new Half(1);
    fill(filling);
  }

  /** Whether to write so many bytes of so many logs here, and not to sync the logs' files. */
  synchronized boolean accepts(int logs, long bytes) {
    long most = Math.min((long) logs * LOG_BYTES_MAX, ROUND_BYTES_MAX);
    long written = bytes + (long) logs * ENTRY_BYTES_MAX;
    long borders = (written / frameBytes + 1) * BLOCK_BYTES;
    return !closed && bytes <= most && written + borders <= roomBytes();
  }

  /**
   * Writes parts of logs. Their flush is begun, so no other part of them is written meanwhile.
   *
   * @return false when there is no room: then nothing counts
   * @throws DiskException when a write fails: then nothing counts
   */
  synchronized boolean write(List<Piece> pieces) {
    clearFrame();
    for (Piece piece : pieces) {
      LogKey key = new LogKey(piece.log().topicId(), piece.log().partition());
      Frame.Place place = new Frame.Place(key, piece.to().segment().baseOffset());
      int at = piece.from().position();
      while (at < piece.to().position()) {
        if (frame.room(place) <= 0 && !writeFrame()) {
          return false;
        }
        int length = Math.min(frame.room(place), piece.to().position() - at);
        addPart(piece, place, new Frame.Span(at, length));
        at += length;
      }
    }
    return frame.isEmpty() || writeFrame();
  }

  /** Whether a replay would put bytes of this log back. */
  synchronized boolean holds(PartitionLog log) {
    return filling.logs.contains(log) || other.logs.contains(log);
  }

  /**
   * Voids what is here of a log whose files hold it all, or are not needed.
   *
   * @return false when there is no room: {@link #settleOlder} makes some
   */
  synchronized boolean forget(PartitionLog log) {
    if (!holds(log) || closed) {
      return true;
    }
    clearFrame();
    frame.forget(new LogKey(log.topicId(), log.partition()));
    if (!writeFrame()) {
      return false;
    }
    filling.logs.remove(log);
    other.logs.remove(log);
    return true;
  }

  /** Frees the half that is not being filled; waits on the disk. */
  void settleOlder() {
    Half older;
    long sequence;
    synchronized (this) {
      older = other;
      sequence = older.firstSequence;
    }
    settle(older, sequence);
  }

  /** Voids everything, when all logs were settled; nothing is written after that. */
  synchronized void finish() {
    if (!closed) {
      file.voidBelow(next);
    }
    close();
  }

  /** Lets the file go as it is. */
  synchronized void close() {
    if (!closed) {
      closed = true;
      file.close();
    }
  }

  private synchronized boolean isOpen() {
    return !closed;
  }

  private long roomBytes() {
    long here = file.halfBytes() - filling.usedBytes;
    return other.isFree ? here + file.halfBytes() - frameBytes : here;
  }

  private void addPart(Piece piece, Frame.Place place, Frame.Span span) {
    boolean isStart = span.position() == piece.from().position();
    boolean isEnd = span.position() + span.length() == piece.to().position();
    long durableEnd = isEnd ? piece.to().offset() : piece.from().offset();
    Segment segment = piece.to().segment();
    frame.add(place, segment.file(), span, isStart, durableEnd);
    inFrame.add(piece.log());
    long unsettled = piece.log().flushing().unsettled().add(segment, span.length());
    if (unsettled >= SETTLE_BYTES && unsettled - span.length() < SETTLE_BYTES) {
      settler.submit(() -> writeOut(piece.log()));
    }
  }

  private void clearFrame() {
    frame.clear();
    inFrame.clear();
  }

  /** Writes the frame and begins another one. */
  private boolean writeFrame() {
    int bytes = frame.blockBytes();
    if (filling.usedBytes + bytes > file.halfBytes() && !turnOver()) {
      return false;
    }
    if (filling.logs.isEmpty() && !inFrame.isEmpty()) {
      long sequence = filling.firstSequence;
      settler.after(SETTLE_MS, () -> settleInTime(sequence));
    }
    filling.logs.addAll(inFrame);
    file.write(frame, next, filling.index, filling.usedBytes);
    next++;
    filling.usedBytes += bytes;
    clearFrame();
    return true;
  }

  /** Begins to fill the other half, when it is free. */
  private boolean turnOver() {
    if (!other.isFree) {
      return false;
    }
    Half full = filling;
    filling = other;
    other = full;
    fill(filling);
    long sequence = full.firstSequence;
    settler.submit(() -> settle(full, sequence));
    return true;
  }

  private void fill(Half half) {
    half.isFree = false;
    half.usedBytes = 0;
    half.firstSequence = next;
  }

  private synchronized void settleInTime(long sequence) {
    if (!closed && filling.firstSequence == sequence && !turnOver()) {
      settler.after(SETTLE_MS, () -> settleInTime(sequence));
    }
  }

  private void settle(Half half, long sequence) {
    settling.lock();
    try {
      settlement.settle(logsOf(half, sequence));
      free(half, sequence);
    } catch (DiskException fault) {
      health.fail(fault);
    } finally {
      settling.unlock();
    }
  }

  private void writeOut(PartitionLog log) {
    try {
      if (isOpen()) {
        settlement.writeOut(log);
      }
    } catch (DiskException fault) {
      health.fail(fault);
    }
  }

  private synchronized List<PartitionLog> logsOf(Half half, long sequence) {
    return isToSettle(half, sequence) ? new ArrayList<>(half.logs) : List.of();
  }

  private synchronized void free(Half half, long sequence) {
    if (isToSettle(half, sequence)) {
      file.voidBelow(filling.firstSequence);
      half.isFree = true;
      half.logs.clear();
    }
  }

  private boolean isToSettle(Half half, long sequence) {
    return !closed
        && health.isOnline()
        && half == other
        && !half.isFree
        && half.firstSequence == sequence;
  }
}
