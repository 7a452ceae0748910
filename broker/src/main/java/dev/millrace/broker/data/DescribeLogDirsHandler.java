package dev.millrace.broker.data;

import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.replica.DirectoryReport;
import dev.millrace.replica.DirectoryReport.PartitionReport;
import dev.millrace.replica.DiskWork;
import dev.millrace.replica.Partitions;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.DescribeLogDirsRequest;
import dev.millrace.wire.message.DescribeLogDirsRequest.DescribableLogDirTopic;
import dev.millrace.wire.message.DescribeLogDirsResponse;
import dev.millrace.wire.message.DescribeLogDirsResponse.DescribeLogDirsPartition;
import dev.millrace.wire.message.DescribeLogDirsResponse.DescribeLogDirsResult;
import dev.millrace.wire.message.DescribeLogDirsResponse.DescribeLogDirsTopic;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * DescribeLogDirs (35), versions 1 to 5: what lies in each log directory. No topics means all.
 *
 * <ul>
 *   <li>3: a top-level error. 4: size of the volume and what is free. 5: whether it is cordoned.
 * </ul>
 */
public final class DescribeLogDirsHandler implements Handler<DescribeLogDirsRequest> {
  private final Partitions partitions;
  private final DiskWork diskWork;

  /** Describes the directories of {@code partitions}. */
  public DescribeLogDirsHandler(Partitions partitions, DiskWork diskWork) {
    this.partitions = partitions;
    this.diskWork = diskWork;
  }

  @Override
  public ApiKey key() {
    return ApiKey.DESCRIBE_LOG_DIRS;
  }

  @Override
  public void handle(Call call, DescribeLogDirsRequest request) {
    diskWork.submit(() -> call.answer(answer(request)));
  }

  private DescribeLogDirsResponse answer(DescribeLogDirsRequest request) {
    Predicate<PartitionReport> asked = asked(request.topics());
    List<DescribeLogDirsResult> results = new ArrayList<>();
    for (DirectoryReport directory : partitions.directories()) {
      results.add(
          DescribeLogDirsResult.builder()
              .errorCode(directory.error())
              .logDir(directory.path())
              .totalBytes(directory.totalBytes())
              .usableBytes(directory.usableBytes())
              .isCordoned(directory.cordoned())
              .topics(topics(directory.partitions().stream().filter(asked).toList()))
              .build());
    }
    return DescribeLogDirsResponse.builder().results(results).build();
  }

  private static Predicate<PartitionReport> asked(@Nullable List<DescribableLogDirTopic> topics) {
    if (topics == null) {
      return report -> true;
    }
    Map<String, Set<Integer>> indexes = new HashMap<>();
    for (DescribableLogDirTopic topic : topics) {
      indexes.computeIfAbsent(topic.topic(), name -> new HashSet<>()).addAll(topic.partitions());
    }
    return report ->
        indexes.getOrDefault(report.id().topic(), Set.of()).contains(report.id().index());
  }

  private static List<DescribeLogDirsTopic> topics(List<PartitionReport> reports) {
    Map<String, List<DescribeLogDirsPartition>> topics = new TreeMap<>();
    List<PartitionReport> inOrder = new ArrayList<>(reports);
    inOrder.sort(Comparator.comparingInt(report -> report.id().index()));
    for (PartitionReport report : inOrder) {
      topics
          .computeIfAbsent(report.id().topic(), name -> new ArrayList<>())
          .add(
              DescribeLogDirsPartition.builder()
                  .partitionIndex(report.id().index())
                  .partitionSize(report.bytes())
                  .offsetLag(report.lag())
                  .isFutureKey(report.isFuture())
                  .build());
    }
    return topics.entrySet().stream()
        .map(topic -> new DescribeLogDirsTopic(topic.getKey(), topic.getValue()))
        .toList();
  }
}
