package dev.millrace.broker.share;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.coordinator.share.ShareAnswer;
import dev.millrace.coordinator.share.ShareKey;
import dev.millrace.wire.Request;
import dev.millrace.wire.Response;
import dev.millrace.wire.message.ApiKey;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * One API of the share coordinator: asks it about each partition of a request, and answers in the
 * request's shape when all is known.
 *
 * @param <Q> the request
 * @param <T> a topic in it
 * @param <P> a partition of that
 * @param <R> what is answered for a partition
 * @param <S> what is answered for a topic
 */
final class ShareStateHandler<Q extends Request, T, P, R, S> implements Handler<Q> {
  private final ApiKey key;
  private final Questions<Q, T, P> questions;
  private final Coordinator<P> coordinator;
  private final BiFunction<P, ShareAnswer, R> result;
  private final Answers<R, S> answers;

  /** Where a request has what it asks. */
  record Questions<Q, T, P>(
      Function<Q, String> groupId,
      Function<Q, List<T>> topics,
      Function<T, Uuid> topicId,
      Function<T, List<P>> partitions,
      Function<P, Integer> partition) {}

  /** Asks the coordinator about one partition. */
  @FunctionalInterface
  interface Coordinator<P> {
    void ask(ShareKey key, P asked, Consumer<ShareAnswer> found);
  }

  /** How answers become a response. */
  record Answers<R, S>(
      BiFunction<Uuid, List<R>, S> topic, Function<List<S>, ? extends Response> response) {}

  ShareStateHandler(
      ApiKey key,
      Questions<Q, T, P> questions,
      Coordinator<P> coordinator,
      BiFunction<P, ShareAnswer, R> result,
      Answers<R, S> answers) {
    this.key = key;
    this.questions = questions;
    this.coordinator = coordinator;
    this.result = result;
    this.answers = answers;
  }

  @Override
  public ApiKey key() {
    return key;
  }

  @Override
  public void handle(Call call, Q request) {
    String group = questions.groupId().apply(request);
    List<Uuid> topics =
        questions.topics().apply(request).stream().map(questions.topicId()).toList();
    Gathering.<T, P, R>of(
        questions.topics().apply(request),
        questions.partitions(),
        (topic, asked, answer) ->
            coordinator.ask(
                new ShareKey(group, topics.get(topic), questions.partition().apply(asked)),
                asked,
                found -> answer.accept(result.apply(asked, found))),
        results -> call.answer(response(topics, results)));
  }

  private Response response(List<Uuid> topics, List<List<R>> results) {
    List<S> answered = new ArrayList<>(topics.size());
    for (int i = 0; i < topics.size(); i++) {
      answered.add(answers.topic().apply(topics.get(i), results.get(i)));
    }
    return answers.response().apply(answered);
  }
}
