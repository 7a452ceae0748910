package dev.millrace.client.consumer;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.turns.Timeout;
import dev.millrace.client.ClientException;
import dev.millrace.client.ClusterView.Topic;
import dev.millrace.client.TopicPartition;
import dev.millrace.client.call.Answers;
import dev.millrace.client.call.CoordinatorLink;
import dev.millrace.client.call.PollDeadline;
import dev.millrace.client.call.Rounds;
import dev.millrace.client.call.Topology;
import dev.millrace.net.call.Exchange.Question;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ConsumerGroupHeartbeatRequest;
import dev.millrace.wire.message.ConsumerGroupHeartbeatResponse;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A member of a group whose coordinator divides the partitions (KIP-848). One heartbeat is in work
 * at a time; it says what has changed since the last that was answered, and its answer may bring a
 * target. The member goes there step by step: gives up what it has to, says so, takes what it got.
 * In turns.
 */
final class ConsumerMember implements Membership {
  private static final System.Logger LOG = System.getLogger("dev.millrace.client.consumer");
  private static final int LEAVING = -1;
  private static final int LEAVING_STATIC = -2;

  private final Topology topology;
  private final CoordinatorLink link;
  private final ConsumerSettings settings;
  private final Host host;
  private final String memberId;
  private final MemberReport report;
  private final PollDeadline deadline;
  private Set<String> topics = Set.of();
  private @Nullable Map<Uuid, Set<Integer>> target;
  private int epoch = MemberReport.JOINING;
  private int intervalMs;
  private boolean isBeating;
  private boolean isMoving;
  private boolean beatAgain;
  private boolean over;
  private boolean idle = true;
  private final Rounds rounds = new Rounds();
  private @Nullable Timeout alarm;

  /**
   * @param memberId that this consumer chose for its whole life
   */
  ConsumerMember(
      Topology topology,
      CoordinatorLink link,
      ConsumerSettings settings,
      Host host,
      String memberId) {
    this.topology = topology;
    this.link = link;
    this.settings = settings;
    this.host = host;
    this.memberId = memberId;
    this.report = new MemberReport(link.key(), memberId, MemberReport.Habits.of(settings));
    this.intervalMs = settings.heartbeatMs;
    this.deadline =
        new PollDeadline(
            topology.network().turns(),
            topology.network().clock(),
            settings.pollIntervalMs + settings.pollNewsMs(),
            this::leaveBecauseSlow);
  }

  @Override
  public void subscribe(Set<String> wanted) {
    topics = new TreeSet<>(wanted);
    idle = false;
    beat();
  }

  @Override
  public void topologyChanged() {
    move();
  }

  @Override
  public void polled() {
    deadline.polled();
    if (idle && !over && !isMoving && !topics.isEmpty()) {
      idle = false;
      beat();
    }
  }

  @Override
  public int generation() {
    return epoch > 0 ? epoch : -1;
  }

  @Override
  public String memberId() {
    return epoch > 0 ? memberId : "";
  }

  @Override
  public void stale(ErrorCode error, int ofGeneration) {
    beat();
  }

  @Override
  public CompletableFuture<Void> leave() {
    over = true;
    cancelAlarm();
    deadline.stop();
    CompletableFuture<Void> left = new CompletableFuture<>();
    boolean isUnknown = epoch <= 0 && !isBeating; // a join that is on its way may be taken
    if (isUnknown) {
      left.complete(null);
      return left;
    }
    ConsumerGroupHeartbeatRequest request =
        ConsumerGroupHeartbeatRequest.builder()
            .groupId(link.key())
            .memberId(memberId)
            .memberEpoch(settings.instanceId == null ? LEAVING : LEAVING_STATIC)
            .instanceId(settings.instanceId)
            .rebalanceTimeoutMs(-1)
            .subscribedTopicNames(null)
            .topicPartitions(null)
            .build();
    link.call(
        Question.of(request, ConsumerGroupHeartbeatResponse::read, settings.requestTimeoutMs),
        answer -> left.complete(null),
        e -> left.complete(null));
    return left;
  }

  private void beat() {
    if (isBeating) {
      beatAgain = true;
      return;
    }
    if (over || idle || topics.isEmpty()) {
      return;
    }
    cancelAlarm();
    deadline.watch();
    isBeating = true;
    beatAgain = false;
    MemberReport.State sent = new MemberReport.State(Set.copyOf(topics), Set.copyOf(host.owned()));
    link.call(
        Question.of(
            report.request(epoch, sent, topicIds()),
            ConsumerGroupHeartbeatResponse::read,
            settings.requestTimeoutMs),
        rounds.ofThis(answer -> {
          isBeating = false;
          if (!over) {
            take(answer, sent);
          }
        }),
        rounds.ofThis(e -> {
          isBeating = false;
          failed(e);
        }));
  }

  private Map<String, Uuid> topicIds() {
    Map<String, Uuid> ids = new TreeMap<>();
    topology.view().topics().forEach((name, topic) -> ids.put(name, topic.id()));
    return ids;
  }

  private void take(ConsumerGroupHeartbeatResponse answer, MemberReport.State sent) {
    ErrorCode error = ErrorCode.of(answer.errorCode());
    link.look(error);
    if (error != ErrorCode.NONE) {
      refused(error, answer.errorMessage());
      return;
    }
    epoch = answer.memberEpoch();
    intervalMs = Math.max(1, answer.heartbeatIntervalMs());
    report.heard(sent);
    ConsumerGroupHeartbeatResponse.Assignment assignment = answer.assignment();
    if (assignment != null) {
      Map<Uuid, Set<Integer>> wanted = new TreeMap<>();
      assignment
          .topicPartitions()
          .forEach(topic -> wanted.put(topic.topicId(), new TreeSet<>(topic.partitions())));
      target = wanted;
    }
    move();
    beatIn(beatAgain ? 0 : intervalMs);
  }

  /** Goes towards the target as far as topics are known by name. */
  private void move() {
    Map<Uuid, Set<Integer>> wanted = target;
    if (wanted == null || isMoving || over) {
      return;
    }
    Map<Uuid, Set<Integer>> unknown = new TreeMap<>(wanted);
    Set<TopicPartition> named = takeNamed(unknown);
    if (unknown.isEmpty()) {
      target = null;
    } else {
      topics.forEach(topology::want);
      topology.refresh();
    }
    Step step = Step.between(host.owned(), named);
    if (step.isNone()) {
      return;
    }
    isMoving = true;
    step.giveUp(
        host,
        () ->
            host.assign(
                step.coming(),
                () -> {
                  isMoving = false;
                  move();
                  beat();
                }));
  }

  /** Takes those out whose topics are known by name. */
  private Set<TopicPartition> takeNamed(Map<Uuid, Set<Integer>> wanted) {
    Set<TopicPartition> named = new TreeSet<>();
    for (Topic topic : topology.view().topics().values()) {
      Set<Integer> indexes = wanted.remove(topic.id());
      if (indexes != null) {
        indexes.forEach(index -> named.add(new TopicPartition(topic.name(), index)));
      }
    }
    return named;
  }

  private void refused(@Nullable ErrorCode error, @Nullable String said) {
    if (error == ErrorCode.UNKNOWN_MEMBER_ID || error == ErrorCode.FENCED_MEMBER_EPOCH) {
      loseAll(() -> beatIn(0));
    } else if (error != null && ClientException.isPassing(error)) {
      report.unsure();
      beatIn(settings.backoffMs);
    } else if (error == ErrorCode.UNRELEASED_INSTANCE_ID || error == ErrorCode.FENCED_INSTANCE_ID) {
      over = true;
      host.lose(() -> {});
      host.fail(
          new ConsumerException.Fenced(
              "another consumer has this group.instance.id, group="
                  + link.key()
                  + " group.instance.id="
                  + settings.instanceId,
              null));
    } else {
      over = true;
      String text = said == null || said.isEmpty() ? "" : ", " + said;
      host.fail(
          new ConsumerException.Fatal(
              "heartbeat was refused, group=" + link.key() + " fault=" + error + text, null));
    }
  }

  private void failed(ClientException e) {
    if (over) {
      return;
    }
    report.unsure();
    if (e.mayPass()) {
      beatIn(settings.backoffMs);
    } else {
      over = true;
      host.fail(
          new ConsumerException.Fatal(
              "group can not be joined, group.protocol=classic may work: " + e.getMessage(), e));
    }
  }

  private void loseAll(Runnable then) {
    epoch = MemberReport.JOINING;
    target = null;
    report.unsure();
    isMoving = true;
    host.lose(() -> {
      isMoving = false;
      then.run();
    });
  }

  /** The program does not poll: its partitions should go to somebody who does. */
  private void leaveBecauseSlow() {
    if (over) {
      return;
    }
    LOG.log(
        System.Logger.Level.WARNING,
        "left the group because nobody polled for max.poll.interval.ms="
            + settings.pollIntervalMs
            + ", poll more often or with a smaller max.poll.records, group="
            + link.key());
    Answers.tell(leave(), (none, fault) -> LOG.log(System.Logger.Level.DEBUG, "left the group"));
    over = false;
    isBeating = false;
    beatAgain = false;
    idle = true;
    rounds.next();
    boolean heldNone = host.owned().isEmpty();
    loseAll(() -> {
      if (!heldNone) { // only a poll hears of a loss
        polled();
      }
    });
  }

  private void beatIn(long delayMs) {
    cancelAlarm();
    if (!over) {
      alarm = topology.network().turns().after(delayMs, this::ring);
    }
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
