package dev.millrace.replica;

import dev.millrace.base.turns.Timeout;
import dev.millrace.base.turns.Turns;
import dev.millrace.replica.follow.LeaderLink;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.RecordBytes;
import dev.millrace.wire.message.FetchRequest;
import dev.millrace.wire.message.FetchRequest.FetchPartition;
import dev.millrace.wire.message.FetchRequest.FetchTopic;
import dev.millrace.wire.message.FetchResponse;
import dev.millrace.wire.message.FetchResponse.EpochEndOffset;
import dev.millrace.wire.message.FetchResponse.FetchableTopicResponse;
import dev.millrace.wire.message.FetchResponse.PartitionData;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Fetches between the nodes of a {@link Cluster}: late, in any order, lost, or cut off. The
 * leader's side gives no sessions: every answer is a whole one.
 */
final class SlowLinks {
  private static final int TIMEOUT_MS = 800;

  /** Of a thousand messages so many are lost. */
  int lossPerMille;

  private final Cluster cluster;
  private final Set<Integer> cut = new HashSet<>();

  SlowLinks(Cluster cluster) {
    this.cluster = cluster;
  }

  /** Cuts a way, in one direction; node 0 is the controller. */
  void cut(int from, int to) {
    cut.add(from * 100 + to);
  }

  /** Cuts a node off from all others, and from the controller. */
  void isolate(int node) {
    for (int other = 0; other <= cluster.nodes.size(); other++) {
      cut(node, other);
      cut(other, node);
    }
  }

  void mend() {
    cut.clear();
  }

  boolean loses(int from, int to) {
    return cut.contains(from * 100 + to) || cluster.random.nextInt(1000) < lossPerMille;
  }

  LeaderLink link(Cluster.Node from, int to) {
    return (request, timeoutMs, answered, failed) -> {
      Cluster.Node target = cluster.node(to);
      boolean[] done = new boolean[1];
      Turns home = from.net;
      home.after(
          TIMEOUT_MS,
          () -> {
            if (!done[0]) {
              done[0] = true;
              failed.accept("no answer in time");
            }
          });
      if (target.lives && !loses(from.id, to)) {
        Consumer<FetchResponse> back =
            response -> {
              if (!loses(to, from.id)) {
                home.after(
                    delay(),
                    () -> {
                      if (!done[0]) {
                        done[0] = true;
                        answered.accept(response);
                      }
                    });
              }
            };
        target.loop.after(delay(), () -> new Serving(target, request, back).begin());
      }
    };
  }

  private long delay() {
    return cluster.random.nextLong(cluster.delayMsMax + 1);
  }

  /** One request at its leader. */
  private static final class Serving implements Reader {
    private final Cluster.Node node;
    private final FetchRequest request;
    private final Consumer<FetchResponse> answered;
    private final List<Waiting> places = new ArrayList<>();
    private @Nullable Timeout timeout;
    private boolean isNews;
    private boolean over;

    Serving(Cluster.Node node, FetchRequest request, Consumer<FetchResponse> answered) {
      this.node = node;
      this.request = request;
      this.answered = answered;
    }

    void begin() {
      List<Long> seen = new ArrayList<>();
      each((topic, one, partition) -> seen.add(partition == null ? 0 : partition.appendedBytes()));
      FetchResponse response = look();
      if (isNews) {
        answered.accept(response);
        return;
      }
      timeout = node.loop.after(request.maxWaitMs(), this::finish);
      int[] at = new int[1];
      each((topic, one, partition) -> {
        if (partition != null) {
          places.add(partition.whenAppended(this, seen.get(at[0])));
        }
        at[0]++;
      });
    }

    @Override
    public void grew(long bytes) {
      node.loop.submit(this::finish);
    }

    @Override
    public void disturbed() {
      node.loop.submit(this::finish);
    }

    private void finish() {
      if (!over) {
        over = true;
        if (timeout != null) {
          timeout.cancel();
        }
        places.forEach(Waiting::cancel);
        answered.accept(look());
      }
    }

    private interface Each {
      void on(FetchTopic topic, FetchPartition one, @Nullable Partition partition);
    }

    private void each(Each work) {
      for (FetchTopic topic : request.topics()) {
        for (FetchPartition one : topic.partitions()) {
          work.on(topic, one, node.partitions.find(topic.topicId(), one.partition()));
        }
      }
    }

    private FetchResponse look() {
      List<FetchableTopicResponse> topics = new ArrayList<>();
      each((topic, one, partition) ->
          topics.add(
              FetchableTopicResponse.builder()
                  .topicId(topic.topicId())
                  .partitions(List.of(data(one, partition)))
                  .build()));
      return FetchResponse.builder().responses(topics).build();
    }

    private PartitionData data(FetchPartition one, @Nullable Partition partition) {
      PartitionData.Builder data = PartitionData.builder().partitionIndex(one.partition());
      if (partition == null) {
        isNews = true;
        return data.errorCode(ErrorCode.NOT_LEADER_OR_FOLLOWER.code()).logStartOffset(-1).build();
      }
      ReadQuery query =
          new ReadQuery(
              one.fetchOffset(),
              one.currentLeaderEpoch(),
              one.lastFetchedEpoch(),
              one.partitionMaxBytes(),
              true,
              false);
      FetchRequest.ReplicaState replica = request.replicaState();
      ReadOutcome outcome =
          partition.read(
              new FollowerFetch(
                  replica.replicaId(), replica.replicaEpoch(), one.logStartOffset(), query));
      switch (outcome) {
        case ReadOutcome.Found found -> {
          isNews |= found.records().size() > 0;
          data.highWatermark(found.bounds().highWatermark())
              .logStartOffset(found.bounds().logStartOffset())
              .records(RecordBytes.of(World.bytes(found.records())));
        }
        case ReadOutcome.Diverged diverged -> {
          isNews = true;
          data.divergingEpoch(new EpochEndOffset(diverged.epoch(), diverged.endOffset()));
        }
        case ReadOutcome.Failed failed -> {
          isNews = true;
          data.errorCode(failed.error().code())
              .logStartOffset(
                  failed.error() == ErrorCode.OFFSET_OUT_OF_RANGE
                      ? partition.bounds().logStartOffset()
                      : -1);
        }
      }
      return data.build();
    }
  }
}
