package dev.millrace.base.time;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Timeouts in the order of their deadlines: a binary heap whose nodes know their place, so that
 * adding and removing take logarithmic time and a removed node is forgotten at once. Nodes with the
 * same deadline come out in the order in which they were added. Belongs to one thread.
 *
 * @param <N> what waits
 */
public final class TimerHeap<N extends TimerHeap.Node> {
  private static final int CAPACITY_MIN = 16;

  /** Something that waits for its deadline, in one heap at most. */
  public static class Node {
    private static final int OUTSIDE = -1;

    private final long deadlineNanos;
    private long order;
    private int index = OUTSIDE;

    /**
     * @param deadlineNanos reading of {@link Clock#monotonicNanos()} at which it is due
     */
    protected Node(long deadlineNanos) {
      this.deadlineNanos = deadlineNanos;
    }

    /** Reading of {@link Clock#monotonicNanos()} at which it is due. */
    public final long deadlineNanos() {
      return deadlineNanos;
    }

    private boolean isBefore(Node other) {
      long difference = deadlineNanos - other.deadlineNanos;
      return difference < 0 || (difference == 0 && order < other.order);
    }
  }

  private @Nullable Node[] nodes = new Node[CAPACITY_MIN];
  private int size;
  private long added;

  /** An empty heap. */
  public TimerHeap() {}

  public int size() {
    return size;
  }

  public boolean isEmpty() {
    return size == 0;
  }

  /** Adds a node that is in no heap. */
  public void add(N node) {
    if (((Node) node).index != Node.OUTSIDE) {
      throw new IllegalStateException("timeout is in a heap already");
    }
    if (size == nodes.length) {
      nodes = Arrays.copyOf(nodes, size * 2);
    }
    ((Node) node).order = added++;
    siftUp(node, size++);
  }

  /** Forgets a node. Returns false when it is not here any more. */
  public boolean remove(N node) {
    int index = ((Node) node).index;
    if (index == Node.OUTSIDE) {
      return false;
    }
    take(index);
    return true;
  }

  /** The node that is due first; stays in the heap. Null when there is none. */
  @SuppressWarnings("unchecked") // only nodes of type N are added
  public @Nullable N peek() {
    return (N) nodes[0];
  }

  /** Takes the first node whose deadline is not after {@code nowNanos}, or null. */
  public @Nullable N pollDue(long nowNanos) {
    N first = peek();
    if (first == null || first.deadlineNanos() - nowNanos > 0) {
      return null;
    }
    take(0);
    return first;
  }

  /** Forgets all nodes. */
  public void clear() {
    while (size > 0) {
      take(size - 1);
    }
  }

  private void take(int index) {
    node(index).index = Node.OUTSIDE;
    Node last = node(--size);
    nodes[size] = null;
    if (index < size) {
      siftDown(last, index);
      if (last.index == index) {
        siftUp(last, index);
      }
    }
  }

  private void siftUp(Node node, int from) {
    int at = from;
    while (at > 0) {
      int parent = (at - 1) >>> 1;
      if (!node.isBefore(node(parent))) {
        break;
      }
      place(node(parent), at);
      at = parent;
    }
    place(node, at);
  }

  private void siftDown(Node node, int from) {
    int at = from;
    while (2 * at + 1 < size) {
      int child = 2 * at + 1;
      if (child + 1 < size && node(child + 1).isBefore(node(child))) {
        child++;
      }
      if (!node(child).isBefore(node)) {
        break;
      }
      place(node(child), at);
      at = child;
    }
    place(node, at);
  }

  private void place(Node node, int index) {
    nodes[index] = node;
    node.index = index;
  }

  private Node node(int index) {
    Node node = nodes[index];
    if (node == null) {
      throw new IllegalStateException("timer heap has a hole, index=" + index + " size=" + size);
    }
    return node;
  }
}
