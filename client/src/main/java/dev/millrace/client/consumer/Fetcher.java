package dev.millrace.client.consumer;

import dev.millrace.base.turns.Timeout;
import dev.millrace.client.ClientException;
import dev.millrace.client.TopicPartition;
import dev.millrace.client.call.Faults;
import dev.millrace.client.call.Topology;
import dev.millrace.net.call.Exchange;
import dev.millrace.net.call.Network.Lane;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.RecordBytes;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.FetchRequest;
import dev.millrace.wire.message.FetchRequest.FetchPartition;
import dev.millrace.wire.message.FetchRequest.FetchTopic;
import dev.millrace.wire.message.FetchRequest.ForgottenTopic;
import dev.millrace.wire.message.FetchResponse;
import dev.millrace.wire.message.FetchResponse.FetchableTopicResponse;
import dev.millrace.wire.message.FetchResponse.PartitionData;
import dev.millrace.wire.records.BatchCursor;
import dev.millrace.wire.records.RecordBatch;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps every partition that is read supplied: one fetch is in work at each node that has some of
 * them, and a partition is left out of it while enough of it is buffered. In turns.
 */
final class Fetcher {
  /** The last version that names topics instead of ids. */
  private static final int BY_NAME = 12;

  /** A fetch waits no longer than this for records while it leaves partitions out. */
  private static final int SHORT_WAIT_MS = 20;

  /** What all partitions together may have ahead beyond one answer each. */
  private static final int AHEAD_BYTES_MAX = 8 << 20;

  /** Answers that a partition may have ahead while few are read. */
  private static final int AHEAD_ANSWERS_MAX = 4;

  private static final int SHELF_BYTES_MAX = AHEAD_BYTES_MAX;

  private final Topology topology;
  private final ConsumerSettings settings;
  private final Collection<Held> held;
  private final Inbox inbox;
  private final Runnable lostPosition;
  private final Shelf shelf = new Shelf(SHELF_BYTES_MAX);
  private final Set<Integer> inWork = new HashSet<>();
  private final Map<Integer, FetchSession> sessions = new HashMap<>();
  private @Nullable Timeout again;

  /**
   * @param held what is read, live
   * @param lostPosition called when a partition's position was forgotten
   */
  Fetcher(
      Topology topology,
      ConsumerSettings settings,
      Collection<Held> held,
      Inbox inbox,
      Runnable lostPosition) {
    this.topology = topology;
    this.settings = settings;
    this.held = held;
    this.inbox = inbox;
    this.lostPosition = lostPosition;
  }

  /** Memory of fetched batches that were all handed out. */
  void release(byte[] memory) {
    shelf.give(memory);
  }

  /** Asks all nodes that have something to give and no fetch in work. */
  void fetch() {
    Map<Integer, List<Held>> byNode = new TreeMap<>();
    Set<Integer> leavesOut = new HashSet<>();
    long nowMs = topology.network().clock().monotonicMs();
    long nextMs = Long.MAX_VALUE;
    long aheadBytes = aheadBytes();
    for (Held each : held) {
      if (!each.isReady || each.fetchOffset < 0 || each.isPaused) {
        continue;
      }
      int node = node(each);
      if (node < 0) {
        topology.want(each.partition.topic());
        topology.refresh();
      } else if (each.notBeforeMs > nowMs) {
        nextMs = Math.min(nextMs, each.notBeforeMs);
      } else if (each.bufferedBytes >= aheadBytes) {
        leavesOut.add(node);
      } else if (!inWork.contains(node)) {
        byNode.computeIfAbsent(node, id -> new ArrayList<>()).add(each);
      }
    }
    byNode.forEach((node, wanted) -> ask(node, wanted, leavesOut.contains(node)));
    if (nextMs < Long.MAX_VALUE && again == null) {
      again =
          topology
              .network()
              .turns()
              .after(
                  nextMs - nowMs,
                  () -> {
                    again = null;
                    fetch();
                  });
    }
  }

  /**
   * What may be buffered of a partition before it is left out. One answer would do for a program
   * that is slower than its cluster; a quick one would wait for the next answer again and again.
   */
  private long aheadBytes() {
    long one = settings.partitionBytesMax;
    long share = AHEAD_BYTES_MAX / Math.max(1, held.size());
    return Math.clamp(share, one, one * AHEAD_ANSWERS_MAX);
  }

  private int node(Held each) {
    int preferred = each.preferredNode;
    return preferred >= 0 && topology.view().nodes().containsKey(preferred)
        ? preferred
        : topology.leader(each.partition);
  }

  /** Where a partition stood when it was asked for. */
  private record Asked(Held held, int seeks, long offset) {}

  private void ask(int node, List<Held> wanted, boolean leavesOut) {
    Map<TopicPartition, Asked> asked = new TreeMap<>();
    Map<TopicPartition, Long> offsets = new TreeMap<>();
    for (Held each : wanted) {
      asked.put(each.partition, new Asked(each, each.seeks, each.fetchOffset));
      offsets.put(each.partition, each.fetchOffset);
    }
    FetchSession session = sessions.computeIfAbsent(node, id -> new FetchSession());
    FetchRequest request = request(session.next(offsets), leavesOut);
    inWork.add(node);
    topology.call(
        node,
        Lane.FETCH,
        new Exchange<FetchResponse>(
            ApiKey.FETCH,
            BY_NAME,
            version -> request,
            FetchResponse::read,
            settings.requestTimeoutMs + settings.fetchWaitMs,
            answer -> {
              inWork.remove(node);
              take(answer, session, asked);
              fetch();
            },
            e -> {
              inWork.remove(node);
              session.lost();
              failed(Faults.of(e), asked);
              fetch();
            }));
  }

  private FetchRequest request(FetchSession.Step step, boolean leavesOut) {
    Map<String, List<FetchPartition>> topics = new TreeMap<>();
    step.named()
        .forEach((partition, offset) ->
            topics
                .computeIfAbsent(partition.topic(), name -> new ArrayList<>())
                .add(
                    FetchPartition.builder()
                        .partition(partition.partition())
                        .fetchOffset(offset)
                        .partitionMaxBytes(settings.partitionBytesMax)
                        .build()));
    List<FetchTopic> list = new ArrayList<>();
    topics.forEach(
        (name, parts) -> list.add(FetchTopic.builder().topic(name).partitions(parts).build()));
    return FetchRequest.builder()
        .replicaId(-1)
        .maxWaitMs(leavesOut ? Math.min(SHORT_WAIT_MS, settings.fetchWaitMs) : settings.fetchWaitMs)
        .minBytes(leavesOut ? 1 : settings.fetchBytesMin)
        .maxBytes(settings.fetchBytesMax)
        .isolationLevel(settings.isolation())
        .sessionId(step.id())
        .sessionEpoch(step.epoch())
        .forgottenTopicsData(forgotten(step.forgotten()))
        .rackId(settings.rack)
        .topics(list)
        .build();
  }

  private static List<ForgottenTopic> forgotten(List<TopicPartition> partitions) {
    Map<String, List<Integer>> topics = new TreeMap<>();
    for (TopicPartition each : partitions) {
      topics.computeIfAbsent(each.topic(), name -> new ArrayList<>()).add(each.partition());
    }
    List<ForgottenTopic> list = new ArrayList<>();
    topics.forEach((name, indexes) ->
        list.add(ForgottenTopic.builder().topic(name).partitions(indexes).build()));
    return list;
  }

  private void failed(ClientException e, Map<TopicPartition, Asked> asked) {
    if (!e.mayPass()) {
      inbox.add(new ConsumerException.Fatal("fetch failed: " + e.getMessage(), e));
    }
    topology.refresh();
    asked.values().forEach(one -> pause(one.held));
  }

  private void take(FetchResponse answer, FetchSession session, Map<TopicPartition, Asked> asked) {
    ErrorCode error = ErrorCode.of(answer.errorCode());
    if (error != ErrorCode.NONE) {
      session.lost();
      if (error != ErrorCode.FETCH_SESSION_ID_NOT_FOUND
          && error != ErrorCode.INVALID_FETCH_SESSION_EPOCH) {
        asked.values().forEach(one -> pause(one.held));
      }
      return;
    }
    session.answered(answer.sessionId());
    for (FetchableTopicResponse topic : answer.responses()) {
      for (PartitionData data : topic.partitions()) {
        Asked one = asked.get(new TopicPartition(topic.topic(), data.partitionIndex()));
        if (one != null && one.held.isHeld && one.held.seeks == one.seeks) {
          take(one, data);
        }
      }
    }
  }

  private void take(Asked one, PartitionData data) {
    Held mine = one.held;
    ErrorCode error = ErrorCode.of(data.errorCode());
    if (error == ErrorCode.NONE) {
      mine.end = settings.isCommittedOnly ? data.lastStableOffset() : data.highWatermark();
      mine.beginning = data.logStartOffset();
      if (data.preferredReadReplica() >= 0) {
        mine.preferredNode = data.preferredReadReplica();
      }
      if (data.records() instanceof RecordBytes.InMemory records && records.size() > 0) {
        keep(mine, records.view(), data);
      }
      return;
    }
    mine.preferredNode = -1;
    if (error == ErrorCode.OFFSET_OUT_OF_RANGE) {
      outOfRange(one);
    } else if (ClientException.isPassing(error) || error == ErrorCode.UNKNOWN_TOPIC_ID) {
      topology.refresh();
      pause(mine);
    } else {
      pause(mine);
      inbox.add(
          new ConsumerException.Fatal(
              "partition can not be read, partition=" + mine.partition + " fault=" + error, null));
    }
  }

  private void keep(Held mine, ByteBuffer lent, PartitionData data) {
    ByteBuffer copy = ByteBuffer.wrap(shelf.take(lent.remaining())).put(lent).flip();
    try {
      long next = mine.fetchOffset;
      for (RecordBatch batch : BatchCursor.batches(copy)) {
        next = Math.max(next, batch.nextOffset());
      }
      if (next == mine.fetchOffset) {
        pause(mine); // an answer without one whole batch: senders must not do that
        return;
      }
      mine.fetchOffset = next;
    } catch (RuntimeException e) {
      pause(mine);
      inbox.add(
          new ConsumerException.Unreadable(
              "records are corrupt, partition="
                  + mine.partition
                  + " offset="
                  + mine.fetchOffset
                  + " cause="
                  + e.getMessage(),
              e));
      return;
    }
    mine.bufferedBytes += copy.remaining();
    boolean filters = settings.isCommittedOnly && data.abortedTransactions() != null;
    List<FetchResponse.AbortedTransaction> aborted = data.abortedTransactions();
    inbox.add(
        new Chunk(
            mine, copy, filters && aborted != null ? aborted : List.of(), settings.checksCrcs));
  }

  private void outOfRange(Asked one) {
    if (settings.reset.isNone()) {
      pause(one.held);
      one.held.isReady = false;
      inbox.add(
          new ConsumerException.NoOffset(
              "offset is out of range, seek or set auto.offset.reset, partition="
                  + one.held.partition
                  + " offset="
                  + one.offset));
    } else {
      one.held.forgetPosition();
      lostPosition.run();
    }
  }

  private void pause(Held mine) {
    mine.notBeforeMs = topology.network().clock().monotonicMs() + settings.backoffMs;
  }
}
