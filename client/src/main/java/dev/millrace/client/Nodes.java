package dev.millrace.client;

import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.AddRaftVoterRequest;
import dev.millrace.wire.message.AddRaftVoterResponse;
import dev.millrace.wire.message.AlterReplicaLogDirsRequest;
import dev.millrace.wire.message.AlterReplicaLogDirsRequest.AlterReplicaLogDir;
import dev.millrace.wire.message.AlterReplicaLogDirsRequest.AlterReplicaLogDirTopic;
import dev.millrace.wire.message.AlterReplicaLogDirsResponse;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.DescribeClusterRequest;
import dev.millrace.wire.message.DescribeClusterResponse;
import dev.millrace.wire.message.DescribeClusterResponse.DescribeClusterBroker;
import dev.millrace.wire.message.DescribeLogDirsRequest;
import dev.millrace.wire.message.DescribeLogDirsResponse;
import dev.millrace.wire.message.DescribeLogDirsResponse.DescribeLogDirsPartition;
import dev.millrace.wire.message.DescribeLogDirsResponse.DescribeLogDirsResult;
import dev.millrace.wire.message.DescribeLogDirsResponse.DescribeLogDirsTopic;
import dev.millrace.wire.message.DescribeQuorumRequest;
import dev.millrace.wire.message.DescribeQuorumResponse;
import dev.millrace.wire.message.DescribeQuorumResponse.PartitionData;
import dev.millrace.wire.message.DescribeQuorumResponse.ReplicaState;
import dev.millrace.wire.message.RemoveRaftVoterRequest;
import dev.millrace.wire.message.RemoveRaftVoterResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Nodes, and what they say of themselves: directories and the metadata quorum. Blocks. */
public final class Nodes {
  private static final int CHANGE_MS = 30_000;

  /** First version of DescribeCluster that may ask for brokers that do not run. */
  private static final int FENCED_VERSION = 2;

  private static final String METADATA_TOPIC = "__cluster_metadata";

  private final Cluster cluster;

  public Nodes(Cluster cluster) {
    this.cluster = cluster;
  }

  /**
   * A copy of a partition in a directory.
   *
   * @param isFuture whether it is on its way here from another directory of the node
   */
  public record Stored(TopicPartition partition, long bytes, long lag, boolean isFuture) {}

  /**
   * A directory of a node.
   *
   * @param fault {@code NONE}, or why the node does not use it
   * @param totalBytes of its disk, -1 when the node does not say
   * @param usableBytes of its disk, -1 when the node does not say
   */
  public record Directory(
      String path, String fault, long totalBytes, long usableBytes, List<Stored> stored) {}

  /** A voter or observer of the quorum. */
  public record Replica(
      int node, boolean isVoter, long end, long lastFetchMs, long lastCaughtUpMs) {}

  /** The metadata quorum. */
  public record Quorum(int leader, int epoch, long highWatermark, List<Replica> replicas) {}

  /**
   * Ids of all brokers that the cluster knows, also of those that do not run. Clusters older than
   * Kafka 4.0 tell those that run only (KIP-1073).
   */
  public Set<Integer> registered() {
    DescribeClusterResponse answer =
        cluster.call(
            ApiKey.DESCRIBE_CLUSTER,
            Short.MAX_VALUE,
            version ->
                DescribeClusterRequest.builder()
                    .includeFencedBrokers(version >= FENCED_VERSION)
                    .build(),
            DescribeClusterResponse::read);
    Topics.check(answer.errorCode(), "brokers of the cluster", answer.errorMessage());
    return answer.brokers().stream()
        .map(DescribeClusterBroker::brokerId)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Directories of a node. */
  public List<Directory> directories(int node) {
    DescribeLogDirsResponse answer =
        cluster.call(
            node,
            DescribeLogDirsRequest.builder().topics(null).build(),
            Short.MAX_VALUE,
            DescribeLogDirsResponse::read);
    Topics.check(answer.errorCode(), "log directories of node " + node, null);
    List<Directory> directories = new ArrayList<>();
    answer.results().forEach(result -> directories.add(directory(result)));
    return directories;
  }

  /**
   * Has a node bring its copy of a partition to another of its directories, in the background
   * (KIP-113); {@link #directories} tells how far that is. A copy that is on its way stays when it
   * is asked to be where it is.
   *
   * @param directory as {@link #directories} calls it
   */
  public void place(int node, TopicPartition partition, String directory) {
    AlterReplicaLogDirTopic topic =
        new AlterReplicaLogDirTopic(partition.topic(), List.of(partition.partition()));
    AlterReplicaLogDirsResponse answer =
        cluster.call(
            node,
            new AlterReplicaLogDirsRequest(
                List.of(new AlterReplicaLogDir(directory, List.of(topic)))),
            Short.MAX_VALUE,
            AlterReplicaLogDirsResponse::read);
    short error =
        Topics.only(
                Topics.only(answer.results(), "AlterReplicaLogDirs").partitions(),
                "AlterReplicaLogDirs")
            .errorCode();
    Topics.check(error, "copy of " + partition + " on node " + node, null);
  }

  /** The metadata quorum as its leader sees it. */
  public Quorum quorum() {
    PartitionData part = describeQuorum();
    List<Replica> replicas = new ArrayList<>();
    part.currentVoters().forEach(voter -> replicas.add(replica(voter, true)));
    part.observers().forEach(observer -> replicas.add(replica(observer, false)));
    return new Quorum(part.leaderId(), part.leaderEpoch(), part.highWatermark(), replicas);
  }

  private PartitionData describeQuorum() {
    DescribeQuorumRequest request =
        DescribeQuorumRequest.builder()
            .topics(
                List.of(
                    DescribeQuorumRequest.TopicData.builder()
                        .topicName(METADATA_TOPIC)
                        .partitions(
                            List.of(
                                DescribeQuorumRequest.PartitionData.builder()
                                    .partitionIndex(0)
                                    .build()))
                        .build()))
            .build();
    DescribeQuorumResponse answer = cluster.call(request, DescribeQuorumResponse::read);
    Topics.check(answer.errorCode(), "quorum", answer.errorMessage());
    PartitionData part =
        Topics.only(Topics.only(answer.topics(), "DescribeQuorum").partitions(), "DescribeQuorum");
    Topics.check(part.errorCode(), "quorum", part.errorMessage());
    return part;
  }

  /**
   * Takes a node into the voters of the metadata (KIP-853). It must run, with itself among the
   * voters of its settings.
   */
  public void addVoter(int node) {
    AddRaftVoterResponse answer =
        cluster.call(
            AddRaftVoterRequest.builder()
                .clusterId(null)
                .voterId(node)
                .timeoutMs(CHANGE_MS)
                .build(),
            AddRaftVoterResponse::read);
    Topics.check(answer.errorCode(), "voter " + node, answer.errorMessage());
  }

  /**
   * Takes a node out of the voters of the metadata: the one that votes with this id now, since a
   * voter is named by its id and its directory.
   */
  public void removeVoter(int node) {
    RemoveRaftVoterRequest.Builder request =
        RemoveRaftVoterRequest.builder().clusterId(null).voterId(node);
    describeQuorum().currentVoters().stream()
        .filter(voter -> voter.replicaId() == node)
        .findFirst()
        .ifPresentOrElse(
            voter -> request.voterDirectoryId(voter.replicaDirectoryId()),
            () -> {
              throw ClientException.answered(
                  ErrorCode.VOTER_NOT_FOUND.code(), "voter " + node, "node is no voter");
            });
    RemoveRaftVoterResponse answer = cluster.call(request.build(), RemoveRaftVoterResponse::read);
    Topics.check(answer.errorCode(), "voter " + node, answer.errorMessage());
  }

  private static Directory directory(DescribeLogDirsResult result) {
    List<Stored> stored = new ArrayList<>();
    for (DescribeLogDirsTopic topic : result.topics()) {
      for (DescribeLogDirsPartition part : topic.partitions()) {
        stored.add(
            new Stored(
                new TopicPartition(topic.name(), part.partitionIndex()),
                part.partitionSize(),
                part.offsetLag(),
                part.isFutureKey()));
      }
    }
    ErrorCode error = ErrorCode.of(result.errorCode());
    return new Directory(
        result.logDir(),
        error == null ? "error " + result.errorCode() : error.name(),
        result.totalBytes(),
        result.usableBytes(),
        stored);
  }

  private static Replica replica(ReplicaState state, boolean isVoter) {
    return new Replica(
        state.replicaId(),
        isVoter,
        state.logEndOffset(),
        state.lastFetchTimestamp(),
        state.lastCaughtUpTimestamp());
  }
}
