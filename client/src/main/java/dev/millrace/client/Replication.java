package dev.millrace.client;

import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.AlterPartitionReassignmentsRequest;
import dev.millrace.wire.message.AlterPartitionReassignmentsRequest.ReassignablePartition;
import dev.millrace.wire.message.AlterPartitionReassignmentsRequest.ReassignableTopic;
import dev.millrace.wire.message.AlterPartitionReassignmentsResponse;
import dev.millrace.wire.message.AlterReplicaLogDirsRequest;
import dev.millrace.wire.message.AlterReplicaLogDirsRequest.AlterReplicaLogDir;
import dev.millrace.wire.message.AlterReplicaLogDirsRequest.AlterReplicaLogDirTopic;
import dev.millrace.wire.message.AlterReplicaLogDirsResponse;
import dev.millrace.wire.message.ElectLeadersRequest;
import dev.millrace.wire.message.ElectLeadersResponse;
import dev.millrace.wire.message.ListPartitionReassignmentsRequest;
import dev.millrace.wire.message.ListPartitionReassignmentsResponse;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Moves leaders and copies of partitions. Blocks; throws {@link ClientException}. */
public final class Replication {
  private final Cluster cluster;

  public Replication(Cluster cluster) {
    this.cluster = cluster;
  }

  /** Who is to lead. */
  public enum Election {
    /** The first of the replicas, if it has everything. */
    PREFERRED(0),
    /** Any replica that lives, even if it lacks acknowledged records. */
    UNCLEAN(1);

    private final byte code;

    Election(int code) {
      this.code = (byte) code;
    }
  }

  /**
   * Elects leaders.
   *
   * @param partitions null for all
   * @return partitions whose election did not work, with the reason; those that needed none are
   *     left out
   */
  public Map<TopicPartition, String> elect(
      Election election, @Nullable Collection<TopicPartition> partitions) {
    List<ElectLeadersRequest.TopicPartitions> topics = null;
    if (partitions != null) {
      List<ElectLeadersRequest.TopicPartitions> named = new ArrayList<>();
      ByTopic.of(partitions)
          .forEach(
              (name, indexes) -> named.add(new ElectLeadersRequest.TopicPartitions(name, indexes)));
      topics = named;
    }
    ElectLeadersRequest request =
        ElectLeadersRequest.builder()
            .electionType(election.code)
            .topicPartitions(topics)
            .timeoutMs(cluster.settings().callTimeoutMs())
            .build();
    ElectLeadersResponse answer = cluster.call(request, ElectLeadersResponse::read);
    Topics.check(answer.errorCode(), "elect leaders", null);
    Map<TopicPartition, String> faults = new TreeMap<>();
    for (var topic : answer.replicaElectionResults()) {
      for (var part : topic.partitionResult()) {
        if (part.errorCode() != ErrorCode.ELECTION_NOT_NEEDED.code()) {
          note(
              faults,
              new TopicPartition(topic.topic(), part.partitionId()),
              part.errorCode(),
              part.errorMessage());
        }
      }
    }
    return faults;
  }

  private static void note(
      Map<TopicPartition, String> faults,
      TopicPartition partition,
      short code,
      @Nullable String said) {
    if (code != ErrorCode.NONE.code()) {
      faults.put(
          partition,
          String.valueOf(ClientException.answered(code, partition.toString(), said).getMessage()));
    }
  }

  /**
   * Gives partitions other copies; they are made in the background.
   *
   * @param replicas node ids by partition, the preferred leader first; empty cancels what is in
   *     work
   * @return partitions that were refused, with the reason
   */
  public Map<TopicPartition, String> reassign(Map<TopicPartition, List<Integer>> replicas) {
    Map<String, List<ReassignablePartition>> topics = new TreeMap<>();
    new TreeMap<>(replicas)
        .forEach((partition, nodes) ->
            topics
                .computeIfAbsent(partition.topic(), name -> new ArrayList<>())
                .add(
                    new ReassignablePartition(
                        partition.partition(), nodes.isEmpty() ? null : nodes)));
    List<ReassignableTopic> list = new ArrayList<>();
    topics.forEach((name, parts) -> list.add(new ReassignableTopic(name, parts)));
    AlterPartitionReassignmentsRequest request =
        AlterPartitionReassignmentsRequest.builder()
            .timeoutMs(cluster.settings().callTimeoutMs())
            .topics(list)
            .build();
    AlterPartitionReassignmentsResponse answer =
        cluster.call(request, AlterPartitionReassignmentsResponse::read);
    Topics.check(answer.errorCode(), "reassign partitions", answer.errorMessage());
    Map<TopicPartition, String> faults = new TreeMap<>();
    for (var topic : answer.responses()) {
      for (var part : topic.partitions()) {
        note(
            faults,
            new TopicPartition(topic.name(), part.partitionIndex()),
            part.errorCode(),
            part.errorMessage());
      }
    }
    return faults;
  }

  /** A partition whose copies are being moved. */
  public record Reassignment(
      TopicPartition partition,
      List<Integer> replicas,
      List<Integer> adding,
      List<Integer> removing) {}

  /** What is being moved now. */
  public List<Reassignment> reassignments() {
    ListPartitionReassignmentsRequest request =
        ListPartitionReassignmentsRequest.builder()
            .timeoutMs(cluster.settings().callTimeoutMs())
            .topics(null)
            .build();
    ListPartitionReassignmentsResponse answer =
        cluster.call(request, ListPartitionReassignmentsResponse::read);
    Topics.check(answer.errorCode(), "list reassignments", answer.errorMessage());
    List<Reassignment> found = new ArrayList<>();
    for (var topic : answer.topics()) {
      for (var part : topic.partitions()) {
        found.add(
            new Reassignment(
                new TopicPartition(topic.name(), part.partitionIndex()),
                part.replicas(),
                part.addingReplicas(),
                part.removingReplicas()));
      }
    }
    return found;
  }

  /** Moves a node's copies of partitions to another of its directories, in the background. */
  public void moveWithin(int node, String directory, Collection<TopicPartition> partitions) {
    List<AlterReplicaLogDirTopic> topics = new ArrayList<>();
    ByTopic.of(partitions)
        .forEach((name, indexes) -> topics.add(new AlterReplicaLogDirTopic(name, indexes)));
    AlterReplicaLogDirsResponse answer =
        cluster.call(
            node,
            new AlterReplicaLogDirsRequest(List.of(new AlterReplicaLogDir(directory, topics))),
            Short.MAX_VALUE,
            AlterReplicaLogDirsResponse::read);
    for (var topic : answer.results()) {
      for (var part : topic.partitions()) {
        Topics.check(
            part.errorCode(), "move " + topic.topicName() + "-" + part.partitionIndex(), null);
      }
    }
  }
}
