package dev.millrace.base.disk;

/**
 * Counts who holds a file: it may be closed when its owner has closed it and nobody holds it. Safe
 * for any thread.
 */
public final class Holds {
  private int count;
  private boolean isClosed;

  /** None, and not closed. */
  public Holds() {}

  /** One more holds it. */
  public synchronized void hold() {
    count++;
  }

  /** One less. Returns whether the file must be closed now. */
  public synchronized boolean release() {
    if (count == 0) {
      throw new IllegalStateException("file is released more often than held");
    }
    count--;
    return count == 0 && isClosed;
  }

  /** The owner closes it. Returns whether the file must be closed now. */
  public synchronized boolean close() {
    boolean isFirst = !isClosed;
    isClosed = true;
    return isFirst && count == 0;
  }
}
