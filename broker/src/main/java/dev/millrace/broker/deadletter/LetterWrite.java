package dev.millrace.broker.deadletter;

import dev.millrace.broker.deadletter.DeadLetterRules.Destination;
import dev.millrace.quorum.control.CreateTopics;
import dev.millrace.quorum.control.CreateTopics.CreatedTopic;
import dev.millrace.quorum.control.CreateTopics.NewTopic;
import dev.millrace.quorum.control.Outcome;
import dev.millrace.wire.ErrorCode;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One write of dead letters: batch after batch, each tried a few times. Where they go is looked up
 * anew each time. One thing happens at a time, on whatever thread it comes from.
 */
final class LetterWrite {
  private static final int ATTEMPTS_MAX = 5;
  private static final long FIRST_PAUSE_MS = 1_000;

  private final DeadLetterQueue.Parts parts;
  private final Letters letters;
  private final Consumer<@Nullable Left> done;
  private Letters.At at;
  private int attempt = 1;

  /**
   * What was not written.
   *
   * @param count how many letters, from {@code firstOffset} on
   */
  record Left(long firstOffset, long count, String reason) {}

  LetterWrite(DeadLetterQueue.Parts parts, Letters letters, Consumer<@Nullable Left> done) {
    this.parts = parts;
    this.letters = letters;
    this.done = done;
    this.at = letters.first();
  }

  /** Begins, and goes on after each batch. */
  void begin() {
    parts.diskWork().submit(this::round);
  }

  private void round() {
    switch (parts.rules().of(letters.groupId(), letters.partition())) {
      case Destination.Nowhere nowhere -> giveUp(nowhere.reason());
      case Destination.Missing missing -> create(missing.topic());
      case Destination.Ready ready -> append(ready);
    }
  }

  private void append(Destination.Ready ready) {
    SourceRecords source =
        ready.copies()
            ? SourceRecords.read(
                letters.source(), at.offset(), letters.last(), ready.batchBytesMax())
            : SourceRecords.NONE;
    LetterBatch batch =
        LetterBatch.of(letters, at, source, ready.batchBytesMax(), parts.clock().wallMs());
    parts
        .log()
        .append(ready.topicId(), ready.partition(), batch.bytes(), error -> appended(error, batch));
  }

  private void appended(ErrorCode error, LetterBatch batch) {
    if (error != ErrorCode.NONE) {
      failed("append was refused, error=" + error, isPassing(error));
      return;
    }
    attempt = 1;
    Letters.At next = batch.next();
    if (next == null) {
      done.accept(null);
    } else {
      at = next;
      begin();
    }
  }

  private void create(String topic) {
    NewTopic wanted =
        new NewTopic(
            topic,
            CreateTopics.DEFAULT,
            CreateTopics.DEFAULT,
            Map.of(),
            Map.of(DeadLetterRules.GROUP_ENABLE, "true", "message.timestamp.type", "CreateTime"));
    parts
        .controller()
        .submit(new CreateTopics(List.of(wanted), false), outcome -> created(topic, outcome));
  }

  private void created(String topic, Outcome<Map<String, Outcome<CreatedTopic>>> outcome) {
    switch (outcome) {
      case Outcome.Refused<?> refused -> failed(refused.message(), true);
      case Outcome.Done<Map<String, Outcome<CreatedTopic>>> answered -> {
        if (answered.value().get(topic) instanceof Outcome.Refused<CreatedTopic> refused) {
          failed(
              "dead-letter topic can't be created, " + refused.message(),
              refused.error() == ErrorCode.TOPIC_ALREADY_EXISTS);
        } else {
          begin();
        }
      }
    }
  }

  private void failed(String reason, boolean isPassing) {
    if (isPassing && attempt < ATTEMPTS_MAX) {
      parts.turns().after(FIRST_PAUSE_MS << (attempt - 1), this::begin);
      attempt++;
    } else {
      giveUp(reason);
    }
  }

  private void giveUp(String reason) {
    long left = 0;
    for (Letters.At one = at; one != null; one = letters.after(one)) {
      left++;
    }
    done.accept(new Left(at.offset(), left, reason));
  }

  private static boolean isPassing(ErrorCode error) {
    return switch (error) {
      case NOT_LEADER_OR_FOLLOWER,
          LEADER_NOT_AVAILABLE,
          UNKNOWN_TOPIC_OR_PARTITION,
          UNKNOWN_TOPIC_ID,
          NOT_ENOUGH_REPLICAS,
          NOT_ENOUGH_REPLICAS_AFTER_APPEND,
          REQUEST_TIMED_OUT,
          NETWORK_EXCEPTION,
          KAFKA_STORAGE_ERROR ->
          true;
      default -> false;
    };
  }
}
