package dev.millrace.base.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TimerHeapTest {
  private static final class Node extends TimerHeap.Node {
    final int id;

    Node(long deadlineNanos, int id) {
      super(deadlineNanos);
      this.id = id;
    }
  }

  @Test
  void behavesLikeASortedList() {
    long seed = Long.getLong("millrace.seed", Long.getLong("millrace.fuzz.from", 1));
    int rounds = Integer.getInteger("millrace.fuzz.rounds", 20_000);
    Random random = new Random(seed);
    TimerHeap<Node> heap = new TimerHeap<>();
    List<Node> model = new ArrayList<>();
    Comparator<Node> order =
        Comparator.<Node>comparingLong(n -> n.deadlineNanos()).thenComparingInt(n -> n.id);
    for (int round = 0; round < rounds; round++) {
      int choice = random.nextInt(10);
      if (choice < 5) {
        Node node = new Node(random.nextInt(1000), round);
        heap.add(node);
        model.add(node);
        model.sort(order);
      } else if (choice < 7 && !model.isEmpty()) {
        Node node = model.remove(random.nextInt(model.size()));
        assertThat(heap.remove(node)).as("seed=%d", seed).isTrue();
        assertThat(heap.remove(node)).as("seed=%d", seed).isFalse();
      } else {
        long now = random.nextInt(1000);
        Node due = heap.pollDue(now);
        if (model.isEmpty() || model.getFirst().deadlineNanos() > now) {
          assertThat(due).as("seed=%d", seed).isNull();
        } else {
          assertThat(due).as("seed=%d", seed).isSameAs(model.removeFirst());
        }
      }
      assertThat(heap.size()).as("seed=%d", seed).isEqualTo(model.size());
      assertThat(heap.peek())
          .as("seed=%d", seed)
          .isSameAs(model.isEmpty() ? null : model.getFirst());
    }
  }

  @Test
  void deadlinesMayOverflow() {
    TimerHeap<Node> heap = new TimerHeap<>();
    Node late = new Node(Long.MAX_VALUE + 10, 1);
    Node early = new Node(Long.MAX_VALUE - 10, 2);
    heap.add(late);
    heap.add(early);
    assertThat(heap.pollDue(Long.MAX_VALUE)).isSameAs(early);
    assertThat(heap.pollDue(Long.MAX_VALUE)).isNull();
    assertThat(heap.pollDue(Long.MIN_VALUE + 100)).isSameAs(late);
  }

  @Test
  void clearingForgetsAll() {
    TimerHeap<Node> heap = new TimerHeap<>();
    List<Node> nodes = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      nodes.add(new Node(i, i));
      heap.add(nodes.getLast());
    }
    heap.clear();
    assertThat(heap.isEmpty()).isTrue();
    assertThat(heap.peek()).isNull();
    nodes.forEach(heap::add); // they may be used again
    assertThat(heap.size()).isEqualTo(100);
  }

  @Test
  void aNodeIsInOneHeapOnly() {
    TimerHeap<Node> heap = new TimerHeap<>();
    Node node = new Node(1, 1);
    heap.add(node);
    assertThatThrownBy(() -> heap.add(node)).isInstanceOf(IllegalStateException.class);
  }
}
