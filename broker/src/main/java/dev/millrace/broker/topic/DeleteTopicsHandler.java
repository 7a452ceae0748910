package dev.millrace.broker.topic;

import dev.millrace.broker.ActiveController;
import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.quorum.control.DeleteTopics;
import dev.millrace.quorum.control.DeleteTopics.TopicReference;
import dev.millrace.quorum.control.Outcome;
import dev.millrace.quorum.image.TopicImage;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.DeleteTopicsRequest;
import dev.millrace.wire.message.DeleteTopicsResponse;
import dev.millrace.wire.message.DeleteTopicsResponse.DeletableTopicResult;
import java.util.ArrayList;
import java.util.List;

/**
 * DeleteTopics (20), versions 1–6. A topic is gone for clients when the answer leaves; its files go
 * a little later.
 *
 * <ul>
 *   <li>3: TOPIC_DELETION_DISABLED; older clients get INVALID_REQUEST
 *   <li>5: messages; may be throttled (KIP-599)
 *   <li>6: topics by name or by id (KIP-516)
 * </ul>
 */
public final class DeleteTopicsHandler implements Handler<DeleteTopicsRequest> {
  private static final short IDS_SINCE = 6;
  private static final short DISABLED_SINCE = 3;

  private final ActiveController controller;

  public DeleteTopicsHandler(ActiveController controller) {
    this.controller = controller;
  }

  @Override
  public ApiKey key() {
    return ApiKey.DELETE_TOPICS;
  }

  @Override
  public boolean isForController(DeleteTopicsRequest request) {
    return true;
  }

  @Override
  public void handle(Call call, DeleteTopicsRequest request) {
    List<TopicReference> topics =
        call.version() >= IDS_SINCE
            ? request.topics().stream()
                .map(topic -> new TopicReference(topic.name(), topic.topicId()))
                .toList()
            : request.topicNames().stream().map(TopicReference::of).toList();
    call.holdNext();
    controller.submit(
        new DeleteTopics(topics), outcome -> call.answer(answer(call, topics, outcome)));
  }

  private static DeleteTopicsResponse answer(
      Call call, List<TopicReference> topics, Outcome<List<Outcome<TopicImage>>> outcome) {
    List<DeletableTopicResult> results = new ArrayList<>(topics.size());
    for (int i = 0; i < topics.size(); i++) {
      Outcome<TopicImage> one =
          switch (outcome) {
            case Outcome.Done<List<Outcome<TopicImage>>> done -> done.value().get(i);
            case Outcome.Refused<List<Outcome<TopicImage>>> all ->
                Outcome.refused(all.error(), all.message());
          };
      results.add(result(call, topics.get(i), one));
    }
    return DeleteTopicsResponse.builder().responses(results).build();
  }

  private static DeletableTopicResult result(
      Call call, TopicReference topic, Outcome<TopicImage> outcome) {
    return switch (outcome) {
      case Outcome.Done<TopicImage> done ->
          DeletableTopicResult.builder()
              .name(done.value().name())
              .topicId(done.value().id())
              .build();
      case Outcome.Refused<TopicImage> refused ->
          DeletableTopicResult.builder()
              .name(topic.name())
              .topicId(topic.id())
              .errorCode(error(call, refused.error()))
              .errorMessage(refused.message())
              .build();
    };
  }

  private static ErrorCode error(Call call, ErrorCode error) {
    return error == ErrorCode.TOPIC_DELETION_DISABLED && call.version() < DISABLED_SINCE
        ? ErrorCode.INVALID_REQUEST
        : error;
  }
}
