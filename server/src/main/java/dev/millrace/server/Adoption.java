package dev.millrace.server;

import dev.millrace.log.LogDirectory;
import dev.millrace.log.checkpoint.CleanStop;
import dev.millrace.quorum.Quorum;
import dev.millrace.quorum.control.FenceBroker;
import dev.millrace.quorum.control.LowerFeatures;
import dev.millrace.quorum.control.UnregisterBroker;
import dev.millrace.quorum.image.BrokerImage;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.quorum.image.TopicImage;
import dev.millrace.quorum.record.AccessControlEntryRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/**
 * Takes over what an Apache Kafka node left in its log directory (KRaft, one directory): copies it
 * and brings the cluster's metadata in the copy to what this release can work with. The files
 * themselves have the same formats. Apache's directory stays as it is.
 */
public final class Adoption {
  private final ApacheDirectory from;
  private final Path to;
  private final List<String> warnings = new ArrayList<>();

  private Adoption(ApacheDirectory from, Path to) {
    this.from = from;
    this.to = to;
  }

  /**
   * What was taken over.
   *
   * @param warnings what will not be as it was, a line each
   */
  public record Report(
      String clusterId,
      int nodeId,
      int topics,
      int partitions,
      long bytes,
      List<String> warnings) {}

  /**
   * Takes a directory over.
   *
   * @param from the log directory that Apache Kafka wrote; nobody may be using it
   * @param to the data directory to make; it must be empty or not be there
   * @param progress told how many bytes are copied so far
   * @throws StartException when it cannot be done; then {@code to} is as it was
   */
  public static Report run(Path from, Path to, LongConsumer progress) {
    Path target = to.toAbsolutePath().normalize();
    ApacheDirectory source = ApacheDirectory.at(from.toAbsolutePath().normalize());
    checkEmpty(target);
    boolean isDone = false;
    try {
      ApacheDirectory.begin(target);
      long bytes = new DirectoryCopy(source.path(), target, progress).run();
      Report report = new Adoption(source, target).adapt(bytes);
      ApacheDirectory.end(target);
      isDone = true;
      return report;
    } catch (IOException e) {
      throw StartException.obstacle("can't copy, from=" + from + " to=" + to + " cause=" + e, e);
    } finally {
      if (!isDone) {
        Millrace.remove(target);
      }
    }
  }

  private static void checkEmpty(Path target) {
    if (!Files.exists(target)) {
      return;
    }
    try (Stream<Path> inside = Files.list(target)) {
      if (inside.findAny().isPresent()) {
        throw StartException.obstacle(
            "data directory is not empty, choose another --data, dir=" + target, null);
      }
    } catch (IOException e) {
      throw StartException.obstacle(
          "data directory can't be used, dir=" + target + " cause=" + e, e);
    }
  }

  private Report adapt(long bytes) {
    Map<String, String> settings = new TreeMap<>();
    settings.put(WrittenSettings.LOG_DIRS, to.toString());
    settings.put("node.id", String.valueOf(from.nodeId()));
    Teardown teardown = new Teardown();
    try {
      NodePlan plan = NodePlan.of(settings, null);
      Foundations foundations = new Foundations(plan, teardown, this::leave);
      Quorum quorum = Alone.replayed(plan, foundations, failure -> {});
      lowerFeatures(quorum);
      dismissOthers(quorum);
      return report(quorum.image(), bytes);
    } finally {
      teardown.run();
    }
  }

  /** Levels behind which this release has nothing yet go down; the others stay. */
  private void lowerFeatures(Quorum quorum) {
    Map<String, Short> before = quorum.image().features();
    Map<String, Short> lowered =
        Awaited.answer(
            "features of the cluster cannot be lowered",
            answer -> quorum.submit(new LowerFeatures(), answer));
    lowered.forEach((name, level) ->
        warnings.add("feature " + name + " goes from " + before.get(name) + " to " + level));
  }

  /** The cluster has one node from now on. */
  private void dismissOthers(Quorum quorum) {
    for (BrokerImage broker : quorum.image().brokers().values()) {
      if (broker.id() != from.nodeId()) {
        if (!broker.fenced()) {
          Awaited.<Boolean>answer(
              "node " + broker.id() + " cannot be fenced",
              answer -> quorum.submit(new FenceBroker(broker.id(), broker.epoch()), answer));
        }
        Awaited.<Integer>answer(
            "node " + broker.id() + " cannot be forgotten",
            answer -> quorum.submit(new UnregisterBroker(broker.id()), answer));
        warnings.add("node " + broker.id() + " of the cluster is forgotten");
      }
    }
  }

  private Report report(ClusterImage image, long bytes) {
    int partitions = 0;
    int lost = 0;
    for (TopicImage topic : image.topics().byId().values()) {
      for (PartitionImage partition : topic.partitions().values()) {
        partitions++;
        lost += partition.replicas().contains(from.nodeId()) ? 0 : 1;
      }
    }
    if (lost > 0) {
      warnings.add(lost + " partitions have no copy on this node and cannot be read");
    }
    if (!from.isClean()) {
      warnings.add("the node was not stopped in order, so the first start checks all logs");
    }
    long rules = image.kept().of(AccessControlEntryRecord.class).count();
    if (rules > 0) {
      warnings.add(
          rules + " access rules are kept but not enforced: there is no authorization yet");
    }
    return new Report(
        from.clusterId(),
        from.nodeId(),
        image.topics().byId().size(),
        partitions,
        bytes,
        List.copyOf(warnings));
  }

  /**
   * Leaves the directory with the mark that it came with: only after a stop in order are the logs
   * of partitions, which nobody looked into, known to be whole.
   */
  private void leave(LogDirectory directory) {
    if (from.isClean()) {
      directory.close(directory.cleanStop().orElse(CleanStop.NO_EPOCH));
    } else {
      directory.abandon();
    }
  }
}
