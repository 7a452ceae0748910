package dev.millrace.client.producer;

import java.util.ArrayDeque;

/**
 * Memory of batches that is used again: a batch that is over leaves its bytes and its roster to a
 * later one, so that a busy producer makes no garbage a record. Idle memory has a limit. Safe for
 * any thread.
 */
final class Pages {
  /** What a batch begins with when no page is idle: partitions with little traffic stay small. */
  private static final int BYTES_FIRST = 1024;

  private static final int ROSTERS_MAX = 256;

  private final int pageBytes;
  private final long idleBytesMax;
  private final ArrayDeque<byte[]> idle = new ArrayDeque<>();
  private long idleBytes;
  private final ArrayDeque<Roster> rosters = new ArrayDeque<>();

  /**
   * @param pageBytes of a full batch: smaller memory is not kept
   * @param idleBytesMax kept at most
   */
  Pages(int pageBytes, long idleBytesMax) {
    this.pageBytes = pageBytes;
    this.idleBytesMax = idleBytesMax;
  }

  /** A page for a batch of this size, packed or not: what does not pack becomes a little larger. */
  static int bytesFor(int batchBytes) {
    return (int) Math.min(batchBytes + (batchBytes >> 7) + 512L, Integer.MAX_VALUE - 64);
  }

  /**
   * Memory for a batch: a whole page, or less, from which it can grow.
   *
   * @param isBusy whether the batch will be a full one: none grows from little then
   */
  synchronized byte[] take(boolean isBusy) {
    byte[] page = idle.poll();
    if (page == null) {
      return new byte[isBusy ? pageBytes : Math.min(BYTES_FIRST, pageBytes)];
    }
    idleBytes -= page.length;
    return page;
  }

  /** Memory that nobody reads or writes any more. */
  synchronized void give(byte[] page) {
    boolean isPage = page.length >= pageBytes && page.length / 2 <= pageBytes;
    if (isPage && idleBytes + page.length <= idleBytesMax) {
      idleBytes += page.length;
      idle.push(page);
    }
  }

  synchronized Roster roster() {
    Roster roster = rosters.poll();
    return roster == null ? new Roster() : roster;
  }

  synchronized void give(Roster roster) {
    if (rosters.size() < ROSTERS_MAX) {
      roster.clear();
      rosters.push(roster);
    }
  }
}
