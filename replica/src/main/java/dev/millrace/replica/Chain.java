package dev.millrace.replica;

import org.jspecify.annotations.Nullable;

/**
 * A doubly linked list whose links are the elements themselves, so that an entry that waits on
 * thousands of partitions leaves each of them in constant time. Guarded by the partition's lock.
 *
 * @param <L> the element
 */
final class Chain<L extends Chain.Link<L>> {
  private @Nullable L first;
  private @Nullable L last;
  private int size;

  /** An element; it is in one chain at most. */
  abstract static class Link<L extends Link<L>> {
    private @Nullable L previous;
    private @Nullable L next;
    private boolean linked;

    final @Nullable L previous() {
      return previous;
    }

    final @Nullable L next() {
      return next;
    }

    final boolean isLinked() {
      return linked;
    }
  }

  @Nullable L first() {
    return first;
  }

  @Nullable L last() {
    return last;
  }

  int size() {
    return size;
  }

  void addLast(L link) {
    addAfter(last, link);
  }

  /** Puts {@code link} behind {@code before}, or at the front when that is null. */
  void addAfter(@Nullable L before, L link) {
    Link<L> added = link;
    if (added.linked) {
      throw new IllegalStateException("entry is in a chain already");
    }
    L after = before == null ? first : ((Link<L>) before).next;
    added.previous = before;
    added.next = after;
    added.linked = true;
    setNext(before, link);
    setPrevious(after, link);
    size++;
  }

  /** Takes {@code link} out. Returns false when it was not in. */
  boolean remove(L link) {
    Link<L> removed = link;
    if (!removed.linked) {
      return false;
    }
    setNext(removed.previous, removed.next);
    setPrevious(removed.next, removed.previous);
    removed.previous = null;
    removed.next = null;
    removed.linked = false;
    size--;
    return true;
  }

  private void setNext(@Nullable L link, @Nullable L next) {
    if (link == null) {
      first = next;
    } else {
      ((Link<L>) link).next = next;
    }
  }

  private void setPrevious(@Nullable L link, @Nullable L previous) {
    if (link == null) {
      last = previous;
    } else {
      ((Link<L>) link).previous = previous;
    }
  }
}
