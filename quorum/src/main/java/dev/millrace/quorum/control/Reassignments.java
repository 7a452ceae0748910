package dev.millrace.quorum.control;

import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.quorum.image.TopicImage;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.stream.Stream;

/** Partitions that move at present, for whoever asks. */
public final class Reassignments {
  private Reassignments() {}

  /** A partition that moves. */
  public record Ongoing(String topic, int partition, PartitionImage state) {}

  /** Those that move, of the partitions by topic and index that {@code wanted} accepts. */
  public static List<Ongoing> ongoing(ClusterImage image, BiPredicate<String, Integer> wanted) {
    return image
        .topics()
        .sorted()
        .flatMap(Reassignments::of)
        .filter(ongoing -> wanted.test(ongoing.topic(), ongoing.partition()))
        .toList();
  }

  private static Stream<Ongoing> of(TopicImage topic) {
    return topic.partitions().entrySet().stream()
        .filter(entry -> entry.getValue().isMoving())
        .map(entry -> new Ongoing(topic.name(), entry.getKey(), entry.getValue()));
  }
}
