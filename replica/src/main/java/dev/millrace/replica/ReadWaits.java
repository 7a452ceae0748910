package dev.millrace.replica;

/**
 * Readers that wait for one partition to have more. Guarded by the partition's lock, under which
 * they are called.
 */
final class ReadWaits {
  private final Chain<Wait> chain = new Chain<>();

  /** One reader's place. */
  static final class Wait extends Chain.Link<Wait> {
    private final Reader reader;
    private final boolean committedOnly;

    Wait(Reader reader, boolean committedOnly) {
      this.reader = reader;
      this.committedOnly = committedOnly;
    }
  }

  void add(Wait wait) {
    chain.addLast(wait);
  }

  boolean remove(Wait wait) {
    return chain.remove(wait);
  }

  /**
   * Tells readers of one kind that they can read on.
   *
   * @param committedOnly those that stop at the last stable offset, or those that stop at the high
   *     watermark
   */
  void grew(boolean committedOnly, long bytes) {
    for (Wait wait = chain.first(); wait != null; wait = wait.next()) {
      if (wait.committedOnly == committedOnly) {
        wait.reader.grew(bytes);
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
