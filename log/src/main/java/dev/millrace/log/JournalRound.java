package dev.millrace.log;

import dev.millrace.base.disk.DiskException;
import dev.millrace.log.FlushJournal.Piece;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One round of group sync in which all its logs are on disk after a write to the journal. */
final class JournalRound {
  private final List<PartitionLog> logs;
  private final DirectoryHealth health;
  private final DurableListener listener;
  private final @Nullable Unsynced[] works;
  private final @Nullable Piece[] pieces;
  private final long[] durableEnds;
  private int begun;

  JournalRound(List<PartitionLog> logs, DirectoryHealth health, DurableListener listener) {
    this.logs = logs;
    this.health = health;
    this.listener = listener;
    this.works = new Unsynced[logs.size()];
    this.pieces = new Piece[logs.size()];
    this.durableEnds = new long[logs.size()];
  }

  /** In a turn of the disk owner. Returns whether the journal took it. */
  boolean run(FlushJournal journal) {
    boolean isWritten;
    try {
      for (; begun < works.length; begun++) {
        works[begun] = logs.get(begun).flushing().beginFlush();
      }
      isWritten = write(journal);
      for (int i = 0; i < works.length; i++) {
        durableEnds[i] = finish(i, isWritten);
      }
    } catch (DiskException fault) {
      health.fail(fault);
      return true;
    } finally {
      for (int i = 0; i < begun; i++) {
        logs.get(i).flushing().endFlush();
      }
    }
    for (int i = 0; i < works.length; i++) {
      if (durableEnds[i] >= 0) {
        listener.onDurable(logs.get(i), durableEnds[i]);
      }
    }
    return isWritten;
  }

  private boolean write(FlushJournal journal) {
    List<Piece> written = new ArrayList<>(works.length);
    for (int i = 0; i < works.length; i++) {
      Unsynced work = works[i];
      pieces[i] = work == null ? null : logs.get(i).flushing().piece(work);
      if (pieces[i] != null) {
        written.add(pieces[i]);
      }
    }
    try {
      return journal.write(written);
    } catch (DiskException fault) {
      if (fault.kind() != DiskException.Kind.FULL) {
        throw fault;
      }
      return false;
    }
  }

  private long finish(int index, boolean isWritten) {
    Unsynced work = works[index];
    if (work == null) {
      return -1;
    }
    LogFlushing log = logs.get(index).flushing();
    return isWritten && pieces[index] != null ? log.finishJournaled(work) : log.sync(work);
  }
}
