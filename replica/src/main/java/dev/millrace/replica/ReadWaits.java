package dev.millrace.replica;

/**
 * Readers that wait for one partition to have more. Guarded by the partition's lock, under which
 * they are called.
 */
final class ReadWaits {
  private final Chain<Wait> chain = new Chain<>();
  private int followers;

  /** What a reader stops at. */
  enum Until {
    HIGH_WATERMARK,
    LAST_STABLE_OFFSET,
    /** Followers. */
    LOG_END;

    static Until of(boolean committedOnly) {
      return committedOnly ? LAST_STABLE_OFFSET : HIGH_WATERMARK;
    }
  }

  /** One reader's place. */
  static final class Wait extends Chain.Link<Wait> {
    private final Reader reader;
    private final Until until;

    Wait(Reader reader, Until until) {
      this.reader = reader;
      this.until = until;
    }

    Until until() {
      return until;
    }
  }

  void add(Wait wait) {
    chain.addLast(wait);
    followers += wait.until == Until.LOG_END ? 1 : 0;
  }

  boolean remove(Wait wait) {
    boolean removed = chain.remove(wait);
    followers -= removed && wait.until == Until.LOG_END ? 1 : 0;
    return removed;
  }

  /** Tells readers of one kind that they can read on. */
  void grew(Until until, long bytes) {
    if (until == Until.LOG_END && followers == 0) {
      return;
    }
    for (Wait wait = chain.first(); wait != null; wait = wait.next()) {
      if (wait.until == until) {
        wait.reader.grew(bytes);
      }
    }
  }

  /** Tells followers that high watermark or log start moved. */
  void committed() {
    if (followers == 0) {
      return;
    }
    for (Wait wait = chain.first(); wait != null; wait = wait.next()) {
      if (wait.until == Until.LOG_END) {
        wait.reader.committed();
      }
    }
  }

  /** Tells every reader to look again. */
  void disturb() {
    for (Wait wait = chain.first(); wait != null; wait = wait.next()) {
      wait.reader.disturbed();
    }
  }

  int size() {
    return chain.size();
  }
}
