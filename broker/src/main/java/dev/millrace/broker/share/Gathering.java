package dev.millrace.broker.share;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Asks about each partition of each topic of a request, and answers when all answers are there, in
 * the shape of the request. Safe for any thread.
 *
 * @param <P> what is asked about a partition
 * @param <R> the answer to it
 */
final class Gathering<P, R> {
  private final List<List<P>> questions;
  private final AtomicReferenceArray<R> answers;
  private final AtomicInteger missing;
  private final Consumer<List<List<R>>> complete;

  /** Asks about one partition of the topic at {@code topic} in the request. */
  @FunctionalInterface
  interface Question<P, R> {
    void ask(int topic, P partition, Consumer<R> answer);
  }

  private Gathering(List<List<P>> questions, int count, Consumer<List<List<R>>> complete) {
    this.questions = questions;
    this.answers = new AtomicReferenceArray<>(count);
    this.missing = new AtomicInteger(count);
    this.complete = complete;
  }

  /** Asks everything, then calls {@code complete} with the answers by topic. */
  static <T, P, R> void of(
      List<T> topics,
      Function<T, List<P>> partitions,
      Question<P, R> question,
      Consumer<List<List<R>>> complete) {
    List<List<P>> questions = topics.stream().map(partitions).toList();
    int count = questions.stream().mapToInt(List::size).sum();
    Gathering<P, R> gathering = new Gathering<>(questions, count, complete);
    if (count == 0) {
      gathering.finish();
      return;
    }
    int index = 0;
    for (int topic = 0; topic < questions.size(); topic++) {
      for (P partition : questions.get(topic)) {
        int place = index++;
        question.ask(topic, partition, answer -> gathering.put(place, answer));
      }
    }
  }

  private void put(int place, R answer) {
    answers.set(place, answer);
    if (missing.decrementAndGet() == 0) {
      finish();
    }
  }

  private void finish() {
    List<List<R>> all = new ArrayList<>();
    int index = 0;
    for (List<P> topic : questions) {
      List<R> ofTopic = new ArrayList<>(topic.size());
      for (int i = 0; i < topic.size(); i++) {
        ofTopic.add(answers.get(index++));
      }
      all.add(ofTopic);
    }
    complete.accept(all);
  }
}
