package dev.millrace.client.consumer;

import dev.millrace.client.ClientException;
import dev.millrace.client.TopicPartition;
import dev.millrace.client.call.CoordinatorLink;
import dev.millrace.client.call.Topology;
import dev.millrace.net.call.Exchange.Question;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.Request;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.OffsetCommitRequest;
import dev.millrace.wire.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import dev.millrace.wire.message.OffsetCommitRequest.OffsetCommitRequestTopic;
import dev.millrace.wire.message.OffsetCommitResponse;
import dev.millrace.wire.message.OffsetFetchRequest;
import dev.millrace.wire.message.OffsetFetchRequest.OffsetFetchRequestGroup;
import dev.millrace.wire.message.OffsetFetchRequest.OffsetFetchRequestTopic;
import dev.millrace.wire.message.OffsetFetchRequest.OffsetFetchRequestTopics;
import dev.millrace.wire.message.OffsetFetchResponse;
import dev.millrace.wire.message.OffsetFetchResponse.OffsetFetchResponseGroup;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Commits offsets of a group and reads them. In turns. */
public final class CommitCalls {
  private static final int BY_NAME = 9;
  private static final int BY_GROUP = 8;

  private final Topology topology;
  private final CoordinatorLink link;
  private final Rules rules;
  private int begun;

  /**
   * How offsets are committed.
   *
   * @param isStable whether reading waits for transactions that are about to commit offsets
   */
  public record Rules(boolean isStable, int requestTimeoutMs, int patienceMs, int backoffMs) {}

  /** Who commits: a member and its generation, or nobody ({@code -1} and empty). */
  public record Committer(int generation, String memberId, @Nullable String instanceId) {
    /** Somebody outside of the group. */
    public static final Committer NOBODY = new Committer(-1, "", null);
  }

  public CommitCalls(Topology topology, CoordinatorLink link, Rules rules) {
    this.topology = topology;
    this.link = link;
    this.rules = rules;
  }

  /**
   * Commits.
   *
   * @param insists whether passing errors are tried again; else only until a later commit begins
   */
  public CompletableFuture<Void> commit(
      Map<TopicPartition, Long> offsets, Committer committer, boolean insists) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    begun++;
    if (offsets.isEmpty()) {
      done.complete(null);
    } else {
      new Commit(request(offsets, committer), insists, begun, done).ask();
    }
    return done;
  }

  /** One commit until it is done. */
  private final class Commit {
    private final OffsetCommitRequest request;
    private final boolean insists;
    private final int number;
    private final CompletableFuture<Void> done;
    private final long deadlineMs = nowMs() + rules.patienceMs();

    Commit(OffsetCommitRequest request, boolean insists, int number, CompletableFuture<Void> done) {
      this.request = request;
      this.insists = insists;
      this.number = number;
      this.done = done;
    }

    void ask() {
      link.callAside(
          new Question<>(
              ApiKey.OFFSET_COMMIT,
              BY_NAME,
              version -> request,
              OffsetCommitResponse::read,
              rules.requestTimeoutMs()),
          this::take,
          this::failed);
    }

    private void take(OffsetCommitResponse answer) {
      short worst = ErrorCode.NONE.code();
      for (var topic : answer.topics()) {
        for (var part : topic.partitions()) {
          worst = part.errorCode() == ErrorCode.NONE.code() ? worst : part.errorCode();
        }
      }
      ErrorCode error = ErrorCode.of(worst);
      link.look(error);
      if (error == ErrorCode.NONE) {
        done.complete(null);
      } else if (error == ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
          || !ClientException.isPassing(error)) {
        done.completeExceptionally(refusal(worst, error));
      } else {
        failed(ClientException.answered(worst, "commit", null));
      }
    }

    private void failed(ClientException e) {
      boolean mayTry = insists || number == begun;
      if (e.mayPass() && mayTry && nowMs() < deadlineMs) {
        topology.network().turns().after(rules.backoffMs(), () -> askAgain(e));
      } else {
        giveUp(e);
      }
    }

    /** A later commit may have begun meanwhile: this one would take it back. */
    private void askAgain(ClientException e) {
      if (insists || number == begun) {
        ask();
      } else {
        giveUp(e);
      }
    }

    private void giveUp(ClientException e) {
      done.completeExceptionally(
          e.mayPass()
              ? new ConsumerException.Retriable("offsets were not committed: " + e.getMessage(), e)
              : new ConsumerException.Fatal("offsets can not be committed: " + e.getMessage(), e));
    }

    private ConsumerException refusal(short code, @Nullable ErrorCode error) {
      ClientException cause = ClientException.answered(code, "commit", null);
      String group = ", group=" + link.key();
      if (error == null) {
        return new ConsumerException.Fatal("commit was refused, error=" + code + group, cause);
      }
      return switch (error) {
        case UNKNOWN_MEMBER_ID, ILLEGAL_GENERATION, STALE_MEMBER_EPOCH, FENCED_MEMBER_EPOCH ->
            new ConsumerException.Lost(
                "commit came too late, others may have the partitions, poll more often"
                    + group
                    + " fault="
                    + error,
                cause);
        case REBALANCE_IN_PROGRESS ->
            new ConsumerException.Retriable(
                "the group is dividing its partitions anew, poll and commit again" + group, cause);
        case FENCED_INSTANCE_ID ->
            new ConsumerException.Fenced(
                "another consumer has this group.instance.id" + group, cause);
        default ->
            new ConsumerException.Fatal("commit was refused" + group + " fault=" + error, cause);
      };
    }
  }

  private OffsetCommitRequest request(Map<TopicPartition, Long> offsets, Committer committer) {
    Map<String, List<OffsetCommitRequestPartition>> topics = new TreeMap<>();
    offsets.forEach((partition, offset) ->
        topics
            .computeIfAbsent(partition.topic(), name -> new ArrayList<>())
            .add(
                OffsetCommitRequestPartition.builder()
                    .partitionIndex(partition.partition())
                    .committedOffset(offset)
                    .committedMetadata("")
                    .build()));
    List<OffsetCommitRequestTopic> list = new ArrayList<>();
    topics.forEach((name, parts) ->
        list.add(OffsetCommitRequestTopic.builder().name(name).partitions(parts).build()));
    return OffsetCommitRequest.builder()
        .groupId(link.key())
        .generationIdOrMemberEpoch(committer.generation())
        .memberId(committer.memberId())
        .groupInstanceId(committer.instanceId())
        .topics(list)
        .build();
  }

  /** Committed offsets; partitions without one are left out. */
  public CompletableFuture<Map<TopicPartition, Long>> committed(
      Collection<TopicPartition> partitions) {
    CompletableFuture<Map<TopicPartition, Long>> done = new CompletableFuture<>();
    askCommitted(List.copyOf(partitions), nowMs() + rules.patienceMs(), done);
    return done;
  }

  private void askCommitted(
      List<TopicPartition> partitions,
      long deadlineMs,
      CompletableFuture<Map<TopicPartition, Long>> done) {
    link.callAside(
        new Question<>(
            ApiKey.OFFSET_FETCH,
            BY_NAME,
            version -> asking(partitions, version),
            OffsetFetchResponse::read,
            rules.requestTimeoutMs()),
        answer -> {
          try {
            done.complete(read(answer));
          } catch (ClientException e) {
            link.look(e.error());
            committedFailed(e, partitions, deadlineMs, done);
          }
        },
        e -> committedFailed(e, partitions, deadlineMs, done));
  }

  private void committedFailed(
      ClientException e,
      List<TopicPartition> partitions,
      long deadlineMs,
      CompletableFuture<Map<TopicPartition, Long>> done) {
    boolean passing = e.mayPass() || e.is(ErrorCode.UNSTABLE_OFFSET_COMMIT);
    if (passing && nowMs() < deadlineMs) {
      topology
          .network()
          .turns()
          .after(rules.backoffMs(), () -> askCommitted(partitions, deadlineMs, done));
    } else {
      done.completeExceptionally(e);
    }
  }

  private Request asking(List<TopicPartition> partitions, int version) {
    Map<String, List<Integer>> topics = new TreeMap<>();
    for (TopicPartition partition : partitions) {
      topics
          .computeIfAbsent(partition.topic(), name -> new ArrayList<>())
          .add(partition.partition());
    }
    OffsetFetchRequest.Builder request = OffsetFetchRequest.builder();
    if (version >= BY_GROUP) {
      List<OffsetFetchRequestTopics> list = new ArrayList<>();
      topics.forEach((name, indexes) ->
          list.add(
              OffsetFetchRequestTopics.builder().name(name).partitionIndexes(indexes).build()));
      request.groups(
          List.of(OffsetFetchRequestGroup.builder().groupId(link.key()).topics(list).build()));
    } else {
      List<OffsetFetchRequestTopic> list = new ArrayList<>();
      topics.forEach((name, indexes) ->
          list.add(OffsetFetchRequestTopic.builder().name(name).partitionIndexes(indexes).build()));
      request.groupId(link.key()).topics(list);
    }
    return version >= 7 ? request.requireStable(rules.isStable()).build() : request.build();
  }

  private Map<TopicPartition, Long> read(OffsetFetchResponse answer) {
    Map<TopicPartition, Long> committed = new TreeMap<>();
    check(answer.errorCode());
    for (OffsetFetchResponseGroup group : answer.groups()) {
      check(group.errorCode());
      for (var topic : group.topics()) {
        for (var part : topic.partitions()) {
          check(part.errorCode());
          keep(committed, topic.name(), part.partitionIndex(), part.committedOffset());
        }
      }
    }
    for (var topic : answer.topics()) {
      for (var part : topic.partitions()) {
        check(part.errorCode());
        keep(committed, topic.name(), part.partitionIndex(), part.committedOffset());
      }
    }
    return committed;
  }

  private static void keep(
      Map<TopicPartition, Long> committed, String topic, int partition, long offset) {
    if (offset >= 0) {
      committed.put(new TopicPartition(topic, partition), offset);
    }
  }

  private void check(short code) {
    if (code != ErrorCode.NONE.code()) {
      throw ClientException.answered(code, "offsets of group " + link.key(), null);
    }
  }

  private long nowMs() {
    return topology.network().clock().monotonicMs();
  }
}
