package dev.millrace.replica.share;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The offsets in delivery, without holes: runs of offsets with equal deliveries, each as long as
 * possible.
 */
final class Window {
  private final NavigableMap<Long, Span> spans = new TreeMap<>();
  private long start;
  private long end;

  /** Nothing is in delivery; it begins at {@code start}. */
  Window(long start) {
    this.start = start;
    this.end = start;
  }

  /** The first offset that is not done with. */
  long start() {
    return start;
  }

  /** The offset after the last one in delivery. */
  long end() {
    return end;
  }

  /** How many offsets. */
  long size() {
    return end - start;
  }

  /** How many runs. */
  int runs() {
    return spans.size();
  }

  /** The run that holds {@code offset}, or the next one behind it. */
  @Nullable Span from(long offset) {
    Map.Entry<Long, Span> floor = spans.floorEntry(offset);
    if (floor != null && floor.getValue().last() >= offset) {
      return floor.getValue();
    }
    Map.Entry<Long, Span> next = spans.higherEntry(offset);
    return next == null ? null : next.getValue();
  }

  /** A copy of all runs, in order. */
  List<Span> spans() {
    return new ArrayList<>(spans.values());
  }

  /** The parts of runs between two offsets, in order. */
  List<Span> between(long first, long last) {
    List<Span> found = new ArrayList<>();
    for (Span span = from(first); span != null && span.first() <= last; ) {
      found.add(
          new Span(Math.max(span.first(), first), Math.min(span.last(), last), span.delivery()));
      Map.Entry<Long, Span> next = spans.higherEntry(span.first());
      span = next == null ? null : next.getValue();
    }
    return found;
  }

  /** Adds offsets at the end. */
  void extend(long last, Delivery delivery) {
    if (last < end) {
      throw new IllegalArgumentException("window does not grow, end=" + end + " last=" + last);
    }
    Map.Entry<Long, Span> tail = spans.lastEntry();
    if (tail != null && tail.getValue().delivery().equals(delivery)) {
      put(new Span(tail.getValue().first(), last, delivery));
    } else {
      put(new Span(end, last, delivery));
    }
    end = last + 1;
  }

  /** Changes the delivery of offsets that lie inside. */
  void update(long first, long last, UnaryOperator<Delivery> change) {
    if (first < start || last >= end || last < first) {
      throw new IllegalArgumentException(
          "offsets are not in the window, first=" + first + " last=" + last + " window=" + this);
    }
    cut(first);
    cut(last + 1);
    List<Span> inside = new ArrayList<>(spans.subMap(first, true, last, true).values());
    for (Span span : inside) {
      Delivery changed = change.apply(span.delivery());
      if (changed != span.delivery()) {
        put(new Span(span.first(), span.last(), changed));
      }
    }
    join(first, last + 1);
  }

  /** Changes the delivery of all offsets. */
  void updateAll(UnaryOperator<Delivery> change) {
    if (end > start) {
      update(start, end - 1, change);
    }
  }

  /** Everything before {@code offset} is done with. */
  void advance(long offset) {
    if (offset <= start) {
      return;
    }
    if (offset >= end) {
      spans.clear();
      end = offset;
    } else {
      cut(offset);
      spans.headMap(offset, false).clear();
    }
    start = offset;
  }

  private void cut(long offset) {
    Map.Entry<Long, Span> floor = spans.lowerEntry(offset);
    if (floor != null && floor.getValue().last() >= offset) {
      Span span = floor.getValue();
      put(new Span(span.first(), offset - 1, span.delivery()));
      put(new Span(offset, span.last(), span.delivery()));
    }
  }

  /**
   * Joins neighbours that are equal, from the run before {@code first} to the one at {@code to}.
   */
  private void join(long first, long to) {
    Map.Entry<Long, Span> before = spans.lowerEntry(first);
    Span left = before == null ? Objects.requireNonNull(from(first)) : before.getValue();
    Map.Entry<Long, Span> next = spans.higherEntry(left.first());
    while (next != null && next.getKey() <= to) {
      Span right = next.getValue();
      if (right.delivery().equals(left.delivery())) {
        spans.remove(right.first());
        left = new Span(left.first(), right.last(), left.delivery());
        put(left);
      } else {
        left = right;
      }
      next = spans.higherEntry(left.first());
    }
  }

  private void put(Span span) {
    spans.put(span.first(), span);
  }

  @Override
  public String toString() {
    return "[" + start + ", " + end + ")";
  }
}
