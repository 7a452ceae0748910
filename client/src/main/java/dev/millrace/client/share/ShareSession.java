package dev.millrace.client.share;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.client.ClientException;
import dev.millrace.client.TopicPartition;
import dev.millrace.client.call.Faults;
import dev.millrace.client.consumer.ConsumerException;
import dev.millrace.net.call.Exchange.Question;
import dev.millrace.net.call.Network.Lane;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.RecordBytes;
import dev.millrace.wire.Response;
import dev.millrace.wire.message.ShareAcknowledgeResponse;
import dev.millrace.wire.message.ShareFetchResponse;
import dev.millrace.wire.message.ShareFetchResponse.PartitionData;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The way to one node that leads partitions of the group: what is asked within a session has to
 * come in order, so one request is in work at a time. When the session is lost the node has given
 * its records to others, and this object is over. In turns, but for {@link #isGone}.
 */
final class ShareSession {
  private static final int CLOSING = -1;

  private final ShareCore core;
  private final int node;
  private final List<Acks> waiting = new ArrayList<>();
  private final Map<Uuid, String> names = new HashMap<>();
  private Map<TopicPartition, Uuid> told = Map.of();
  private int epoch;
  private boolean inWork;
  private boolean isOpen;
  private volatile boolean gone;

  ShareSession(ShareCore core, int node) {
    this.core = core;
    this.node = node;
  }

  /** Whether its records are somebody else's. Any thread. */
  boolean isGone() {
    return gone;
  }

  void acknowledge(Acks acks) {
    if (gone) {
      acks.told().accept(lost("its session was lost"));
    } else {
      waiting.add(acks);
      step();
    }
  }

  /** Does what can be done now: fetches while somebody polls, else sends acknowledgements. */
  void step() {
    if (inWork || gone) {
      return;
    }
    boolean renews = waiting.stream().anyMatch(Acks::renews);
    Map<TopicPartition, Uuid> wanted = core.wanted(node);
    boolean fetches = core.isHungry() && !(wanted.isEmpty() && told.isEmpty()) && !renews;
    if (fetches && (epoch > 0 || waiting.isEmpty())) {
      fetch(wanted);
    } else if (!waiting.isEmpty()) {
      List<Acks> acks = takeWaiting();
      ask(
          ShareRequests.acknowledge(core.who(epoch), acks),
          answer -> acknowledged(answer, acks),
          acks);
    }
  }

  private List<Acks> takeWaiting() {
    List<Acks> taken = List.copyOf(waiting);
    waiting.clear();
    return taken;
  }

  private void fetch(Map<TopicPartition, Uuid> wanted) {
    List<Acks> acks = takeWaiting();
    wanted.forEach((partition, id) -> names.put(id, partition.topic()));
    Map<TopicPartition, Uuid> before = epoch == 0 ? Map.of() : told;
    told = wanted;
    ask(
        ShareRequests.fetch(core.who(epoch), core.settings(), wanted, before, acks),
        answer -> fetched(answer, acks),
        acks);
  }

  private <R extends Response> void ask(
      Question<R> question, Consumer<R> answered, List<Acks> acks) {
    inWork = true;
    core.topology()
        .call(
            node,
            Lane.FETCH,
            question.then(
                answer -> {
                  inWork = false;
                  answered.accept(answer);
                },
                fault -> {
                  inWork = false;
                  failed(Faults.of(fault), acks);
                }));
  }

  private void failed(ClientException e, List<Acks> acks) {
    if (!e.mayPass()) {
      core.fail(new ConsumerException.Fatal("share group can not be read: " + e.getMessage(), e));
    }
    over(acks, String.valueOf(e.getMessage()));
  }

  /** The node knows nothing of it any more, or can not be reached. */
  private void over(List<Acks> acks, String cause) {
    gone = true;
    ConsumerException fault = lost(cause);
    acks.forEach(each -> each.told().accept(fault));
    takeWaiting().forEach(each -> each.told().accept(fault));
    core.lost(node, this);
  }

  private static ConsumerException lost(String cause) {
    return new ConsumerException.Lost(
        "acknowledgements came too late, others may get the records: " + cause, null);
  }

  private void next() {
    isOpen = true;
    epoch = epoch == Integer.MAX_VALUE ? 1 : epoch + 1;
  }

  private void fetched(ShareFetchResponse answer, List<Acks> acks) {
    if (refused(answer.errorCode(), answer.errorMessage(), acks)) {
      return;
    }
    next();
    Map<TopicPartition, @Nullable ConsumerException> fates = new HashMap<>();
    boolean isWrong = false;
    for (var topic : answer.responses()) {
      String name = names.get(topic.topicId());
      if (name == null) {
        continue;
      }
      for (PartitionData data : topic.partitions()) {
        TopicPartition partition = new TopicPartition(name, data.partitionIndex());
        fates.put(partition, fate(data.acknowledgeErrorCode(), data.acknowledgeErrorMessage()));
        isWrong |= data.errorCode() != ErrorCode.NONE.code();
        keep(partition, topic.topicId(), data, answer.acquisitionLockTimeoutMs());
      }
    }
    tell(acks, fates);
    if (isWrong) {
      core.topology().refresh();
      core.pause(this);
    } else {
      step();
    }
  }

  private void keep(TopicPartition partition, Uuid topicId, PartitionData data, int lockMs) {
    core.lockMs(lockMs);
    if (data.errorCode() == ErrorCode.NONE.code()
        && !data.acquiredRecords().isEmpty()
        && data.records() instanceof RecordBytes.InMemory records) {
      ByteBuffer lent = records.view();
      ByteBuffer copy = ByteBuffer.allocate(lent.remaining()).put(lent).flip();
      core.arrived(
          new Acquired(
              this,
              partition,
              topicId,
              copy,
              data.acquiredRecords(),
              core.topology().network().clock().monotonicMs() + lockMs));
    }
  }

  private void acknowledged(ShareAcknowledgeResponse answer, List<Acks> acks) {
    if (refused(answer.errorCode(), answer.errorMessage(), acks)) {
      return;
    }
    next();
    Map<TopicPartition, @Nullable ConsumerException> fates = new HashMap<>();
    for (var topic : answer.responses()) {
      for (var part : topic.partitions()) {
        for (Acks each : acks) {
          if (each.topicId().equals(topic.topicId())
              && each.partition().partition() == part.partitionIndex()) {
            fates.put(each.partition(), fate(part.errorCode(), part.errorMessage()));
          }
        }
      }
    }
    core.lockMs(answer.acquisitionLockTimeoutMs());
    tell(acks, fates);
    step();
  }

  private static void tell(
      List<Acks> acks, Map<TopicPartition, @Nullable ConsumerException> fates) {
    for (Acks each : acks) {
      each.told()
          .accept(
              fates.containsKey(each.partition())
                  ? fates.get(each.partition())
                  : lost("the answer does not name the partition"));
    }
  }

  private static @Nullable ConsumerException fate(short code, @Nullable String said) {
    return code == ErrorCode.NONE.code()
        ? null
        : lost(String.valueOf(ClientException.answered(code, "acknowledge", said).getMessage()));
  }

  /** Looks at an error of a whole answer; returns whether there was one. */
  private boolean refused(short code, @Nullable String said, List<Acks> acks) {
    ErrorCode error = ErrorCode.of(code);
    if (error == ErrorCode.NONE) {
      return false;
    }
    ClientException cause = ClientException.answered(code, "share fetch", said);
    boolean isLost =
        error == ErrorCode.SHARE_SESSION_NOT_FOUND
            || error == ErrorCode.INVALID_SHARE_SESSION_EPOCH
            || error == ErrorCode.SHARE_SESSION_LIMIT_REACHED
            || error == ErrorCode.UNKNOWN_MEMBER_ID;
    if (!isLost && !cause.mayPass()) {
      core.fail(
          new ConsumerException.Fatal("share group can not be read: " + cause.getMessage(), cause));
    }
    over(acks, String.valueOf(cause.getMessage()));
    return true;
  }

  /** Ends the session with what is left to be acknowledged; everything else is given back. */
  CompletableFuture<Void> close() {
    CompletableFuture<Void> closed = new CompletableFuture<>();
    if (inWork) {
      core.topology().network().turns().after(1, () -> closeInto(closed));
    } else {
      closeInto(closed);
    }
    return closed;
  }

  private void closeInto(CompletableFuture<Void> closed) {
    if (gone || (!isOpen && !inWork)) {
      gone = true;
      closed.complete(null);
    } else if (inWork) {
      core.topology().network().turns().after(1, () -> closeInto(closed));
    } else {
      List<Acks> acks = takeWaiting();
      ask(
          ShareRequests.acknowledge(core.who(CLOSING), acks),
          answer -> {
            acknowledgedLast(answer, acks);
            closed.complete(null);
          },
          acks);
      Runnable whenGone = () -> closed.complete(null);
      core.whenLost(this, whenGone);
    }
  }

  private void acknowledgedLast(ShareAcknowledgeResponse answer, List<Acks> acks) {
    Map<TopicPartition, @Nullable ConsumerException> fates = new TreeMap<>();
    ConsumerException all = fate(answer.errorCode(), answer.errorMessage());
    for (Acks each : acks) {
      fates.put(each.partition(), all);
    }
    if (all == null) {
      for (var topic : answer.responses()) {
        for (var part : topic.partitions()) {
          acks.stream()
              .filter(each ->
                  each.topicId().equals(topic.topicId())
                      && each.partition().partition() == part.partitionIndex())
              .forEach(
                  each -> fates.put(each.partition(), fate(part.errorCode(), part.errorMessage())));
        }
      }
    }
    gone = true;
    tell(acks, fates);
  }
}
