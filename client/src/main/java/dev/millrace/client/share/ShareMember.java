package dev.millrace.client.share;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.turns.Timeout;
import dev.millrace.client.ClientException;
import dev.millrace.client.call.CoordinatorLink;
import dev.millrace.client.call.PollDeadline;
import dev.millrace.client.call.Rounds;
import dev.millrace.client.call.Topology;
import dev.millrace.client.consumer.ConsumerException;
import dev.millrace.net.call.Exchange.Question;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ShareGroupHeartbeatRequest;
import dev.millrace.wire.message.ShareGroupHeartbeatResponse;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The place in a share group: one heartbeat in work, each may bring other partitions. In turns. */
final class ShareMember {
  private static final System.Logger LOG = System.getLogger("dev.millrace.client.share");
  private static final int JOINING = 0;
  private static final int LEAVING = -1;

  private final Topology topology;
  private final CoordinatorLink link;
  private final ShareSettings settings;
  private final Host host;
  private final String memberId;
  private final PollDeadline deadline;
  private Set<String> topics = Set.of();
  private @Nullable Set<String> toldTopics;
  private int epoch = JOINING;
  private int intervalMs = 1_000;
  private boolean isBeating;
  private boolean beatAgain;
  private boolean isIdle = true;
  private boolean isOver;
  private final Rounds rounds = new Rounds();
  private @Nullable Timeout alarm;

  /** What the group does to the consumer. */
  interface Host {
    /** The partitions from now on, by topic id. */
    void assign(Map<Uuid, Set<Integer>> partitions);

    /** Whether the program waits in a poll now. */
    boolean isPolling();

    /** It can not go on. */
    void fail(ConsumerException fault);
  }

  ShareMember(Topology topology, ShareSettings settings, Host host, String memberId) {
    this.topology = topology;
    this.settings = settings;
    this.host = host;
    this.memberId = memberId;
    this.deadline =
        new PollDeadline(
            topology.network().turns(),
            topology.network().clock(),
            settings.pollIntervalMs,
            this::missed);
    this.link = CoordinatorLink.ofGroup(topology, settings.group, settings.requestTimeoutMs);
  }

  String memberId() {
    return memberId;
  }

  void subscribe(Set<String> wanted) {
    topics = new TreeSet<>(wanted);
    isIdle = false;
    deadline.polled();
    beat();
  }

  /** The program polls: it is alive. */
  void polled() {
    deadline.polled();
    if (isIdle && !isOver && !topics.isEmpty()) {
      isIdle = false;
      beat();
    }
  }

  /** Leaves the group until the next {@link #subscribe}. */
  CompletableFuture<Void> leave() {
    cancelAlarm();
    deadline.stop();
    isIdle = true;
    topics = Set.of();
    CompletableFuture<Void> left = new CompletableFuture<>();
    boolean isUnknown = epoch <= JOINING && !isBeating; // a join that is on its way may be taken
    if (isUnknown) {
      left.complete(null);
    } else {
      epoch = JOINING;
      toldTopics = null;
      link.call(
          question(LEAVING, null), answer -> left.complete(null), lost -> left.complete(null));
    }
    return left;
  }

  private Question<ShareGroupHeartbeatResponse> question(
      int memberEpoch, @Nullable Set<String> subscribed) {
    ShareGroupHeartbeatRequest request =
        ShareGroupHeartbeatRequest.builder()
            .groupId(settings.group)
            .memberId(memberId)
            .memberEpoch(memberEpoch)
            .rackId(memberEpoch == JOINING && !settings.rack.isEmpty() ? settings.rack : null)
            .subscribedTopicNames(subscribed == null ? null : subscribed.stream().sorted().toList())
            .build();
    return Question.of(request, ShareGroupHeartbeatResponse::read, settings.requestTimeoutMs);
  }

  private void beat() {
    if (isBeating) {
      beatAgain = true;
      return;
    }
    if (isIdle || isOver) {
      return;
    }
    cancelAlarm();
    deadline.watch();
    isBeating = true;
    beatAgain = false;
    Set<String> sent = Set.copyOf(topics);
    boolean isNew = epoch == JOINING || !sent.equals(toldTopics);
    link.call(
        question(epoch, isNew ? sent : null),
        rounds.ofThis(answer -> {
          isBeating = false;
          if (!isIdle && !isOver) {
            take(answer, sent);
          }
        }),
        rounds.ofThis(e -> {
          isBeating = false;
          failed(e);
        }));
  }

  private void take(ShareGroupHeartbeatResponse answer, Set<String> sent) {
    ErrorCode error = ErrorCode.of(answer.errorCode());
    link.look(error);
    if (error == ErrorCode.NONE) {
      epoch = answer.memberEpoch();
      intervalMs = Math.max(1, answer.heartbeatIntervalMs());
      toldTopics = sent;
      ShareGroupHeartbeatResponse.Assignment assignment = answer.assignment();
      if (assignment != null) {
        Map<Uuid, Set<Integer>> partitions = new TreeMap<>();
        assignment
            .topicPartitions()
            .forEach(topic -> partitions.put(topic.topicId(), new TreeSet<>(topic.partitions())));
        host.assign(partitions);
      }
      beatIn(beatAgain ? 0 : intervalMs);
    } else if (error == ErrorCode.UNKNOWN_MEMBER_ID || error == ErrorCode.FENCED_MEMBER_EPOCH) {
      rejoin();
      beatIn(0);
    } else if (error != null && ClientException.isPassing(error)) {
      toldTopics = null;
      beatIn(settings.backoffMs);
    } else {
      isOver = true;
      String said = answer.errorMessage();
      host.fail(
          new ConsumerException.Fatal(
              "heartbeat was refused, group="
                  + settings.group
                  + " fault="
                  + error
                  + (said == null || said.isEmpty() ? "" : ", " + said),
              null));
    }
  }

  private void failed(ClientException e) {
    if (isIdle || isOver) {
      return;
    }
    toldTopics = null; // who names its topics is told its assignment again
    if (e.mayPass()) {
      beatIn(settings.backoffMs);
    } else {
      isOver = true;
      host.fail(new ConsumerException.Fatal("share group can not be joined: " + e.getMessage(), e));
    }
  }

  private void rejoin() {
    epoch = JOINING;
    toldTopics = null;
    host.assign(Map.of());
  }

  /** Who waits in a poll is there, however long it takes. */
  private void missed() {
    if (isIdle || isOver) {
      return;
    }
    if (host.isPolling()) {
      deadline.polled();
      deadline.watch();
    } else {
      leaveBecauseSlow();
    }
  }

  private void leaveBecauseSlow() {
    LOG.log(
        System.Logger.Level.WARNING,
        "left the share group because nobody polled for max.poll.interval.ms="
            + settings.pollIntervalMs
            + ", group="
            + settings.group);
    link.call(question(LEAVING, null), answer -> {}, lost -> {});
    rejoin();
    cancelAlarm();
    isBeating = false;
    isIdle = true;
    rounds.next();
  }

  private void beatIn(long delayMs) {
    cancelAlarm();
    alarm = topology.network().turns().after(delayMs, this::ring);
  }

  private void ring() {
    alarm = null;
    beat();
  }

  private void cancelAlarm() {
    if (alarm != null) {
      alarm.cancel();
      alarm = null;
    }
  }
}
