package dev.millrace.coordinator.group;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Heartbeats of one group that are decided together, in the order in which they came, each with the
 * place of its answer: one at first, and those that come while a write of the group is on its way.
 * At most {@link #TOGETHER_MAX}. Belongs to the owner.
 *
 * @param <B> a heartbeat and who sent it
 * @param <R> the response
 */
final class WaitingBeats<B, R> {
  /** Most heartbeats that are decided together. */
  static final int TOGETHER_MAX = 500;

  private final List<Waiting<B, R>> waiting = new ArrayList<>();

  private record Waiting<B, R>(B beat, Answer<R> answer) {}

  WaitingBeats(B beat, Answer<R> answer) {
    waiting.add(new Waiting<>(beat, answer));
  }

  /**
   * Takes over those that came later.
   *
   * @return false when that would be too many, and nothing was done
   */
  boolean absorb(WaitingBeats<B, R> later) {
    return waiting.size() + later.waiting.size() <= TOGETHER_MAX && waiting.addAll(later.waiting);
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  List<B> beats() {
    return waiting.stream().map(Waiting::beat).toList();
  }

  /**
   * Answers those that stand before the first which {@code stays}; they are not here any more then.
   */
  void dismissUntil(Predicate<B> stays, R response) {
    while (!waiting.isEmpty() && !stays.test(waiting.getFirst().beat())) {
      waiting.removeFirst().answer().give(response);
    }
  }

  /** Answers each with its own response, in their order. */
  void answerEach(List<R> responses) {
    for (int i = 0; i < waiting.size(); i++) {
      waiting.get(i).answer().give(responses.get(i));
    }
  }

  void answerAll(R response) {
    waiting.forEach(each -> each.answer().give(response));
  }
}
