package dev.millrace.broker.coordinator;

import dev.millrace.quorum.image.TopicImage;
import dev.millrace.wire.ErrorCode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The partitions of one topic that a request names, as far as they are there.
 *
 * @param topic the topic, or null when it is not there
 * @param named all that are named, in the order of the request
 * @param errors of each, {@link ErrorCode#NONE} for those that are there
 * @param there those that are there
 */
public record Presence<P>(
    @Nullable TopicImage topic, List<P> named, List<ErrorCode> errors, List<P> there) {

  /**
   * Looks partitions up.
   *
   * @param byId whether the topic was looked up by its id, which has an error of its own
   * @param index the number of a partition
   */
  public static <P> Presence<P> of(
      @Nullable TopicImage topic, boolean byId, List<P> named, ToIntFunction<P> index) {
    ErrorCode missing =
        byId && topic == null ? ErrorCode.UNKNOWN_TOPIC_ID : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
    List<ErrorCode> errors = new ArrayList<>(named.size());
    List<P> there = new ArrayList<>(named.size());
    for (P partition : named) {
      boolean isThere = topic != null && topic.partition(index.applyAsInt(partition)) != null;
      errors.add(isThere ? ErrorCode.NONE : missing);
      if (isThere) {
        there.add(partition);
      }
    }
    return new Presence<>(topic, named, errors, there);
  }

  /** Whether any partition is there. */
  public boolean isAny() {
    return !there.isEmpty();
  }

  /**
   * Answers of all partitions, in the order of the request.
   *
   * @param answers of those that are there, in order
   * @param failed makes the answer of one that is not
   */
  public <R> List<R> answers(List<R> answers, BiFunction<P, ErrorCode, R> failed) {
    Iterator<R> given = answers.iterator();
    List<R> all = new ArrayList<>(named.size());
    for (int i = 0; i < named.size(); i++) {
      ErrorCode error = errors.get(i);
      all.add(error == ErrorCode.NONE ? given.next() : failed.apply(named.get(i), error));
    }
    return all;
  }
}
