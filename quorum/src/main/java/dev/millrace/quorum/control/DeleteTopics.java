package dev.millrace.quorum.control;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.quorum.image.TopicImage;
import dev.millrace.quorum.record.RemoveTopicRecord;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.Message;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Deletes topics, each for itself. Outcomes stand in the order of the request. */
public record DeleteTopics(List<TopicReference> topics)
    implements Command<List<Outcome<TopicImage>>> {
  /**
   * A topic by its name, or by its id.
   *
   * @param name null when it is meant by its id
   * @param id {@link Uuid#ZERO} when it is meant by its name
   */
  public record TopicReference(@Nullable String name, Uuid id) {
    public static TopicReference of(String name) {
      return new TopicReference(name, Uuid.ZERO);
    }

    public static TopicReference of(Uuid id) {
      return new TopicReference(null, id);
    }
  }

  @Override
  public Decision<List<Outcome<TopicImage>>> decide(Rules rules) {
    List<Message> records = new ArrayList<>();
    List<Outcome<TopicImage>> outcomes = new ArrayList<>(topics.size());
    Set<Uuid> twice = namedTwice(rules);
    for (TopicReference reference : topics) {
      Outcome<TopicImage> outcome = Rules.attempt(() -> find(rules, reference, twice));
      if (outcome instanceof Outcome.Done<TopicImage> done) {
        records.add(new RemoveTopicRecord(done.value().id()));
      }
      outcomes.add(outcome);
    }
    return new Decision<>(records, Outcome.done(outcomes));
  }

  private static TopicImage find(Rules rules, TopicReference reference, Set<Uuid> twice) {
    String name = reference.name();
    if ((name == null) == reference.id().equals(Uuid.ZERO)) {
      throw new RefusedException(
          ErrorCode.INVALID_REQUEST, "a topic is meant either by its name or by its id");
    }
    if (!rules.settings().booleanValue("delete.topic.enable")) {
      throw new RefusedException(
          ErrorCode.TOPIC_DELETION_DISABLED, "topics cannot be deleted, delete.topic.enable=false");
    }
    TopicImage topic = resolve(rules, reference);
    if (topic == null) {
      throw name == null
          ? new RefusedException(
              ErrorCode.UNKNOWN_TOPIC_ID, "there is no such topic, id=" + reference.id())
          : new RefusedException(
              ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "there is no such topic, topic=" + name);
    }
    if (twice.contains(topic.id())) {
      throw new RefusedException(
          ErrorCode.INVALID_REQUEST, "topic is named twice in the request, topic=" + topic.name());
    }
    return topic;
  }

  private Set<Uuid> namedTwice(Rules rules) {
    Set<Uuid> once = new HashSet<>();
    Set<Uuid> twice = new HashSet<>();
    for (TopicReference reference : topics) {
      TopicImage topic = resolve(rules, reference);
      if (topic != null && !once.add(topic.id())) {
        twice.add(topic.id());
      }
    }
    return twice;
  }

  private static @Nullable TopicImage resolve(Rules rules, TopicReference reference) {
    String name = reference.name();
    return name == null ? rules.image().topic(reference.id()) : rules.image().topic(name);
  }
}
