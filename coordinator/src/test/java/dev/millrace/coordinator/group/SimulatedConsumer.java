package dev.millrace.coordinator.group;

import static dev.millrace.coordinator.group.GroupWorld.GROUP;

import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ConsumerGroupHeartbeatRequest;
import dev.millrace.wire.message.ConsumerGroupHeartbeatRequest.TopicPartitions;
import dev.millrace.wire.message.ConsumerGroupHeartbeatResponse;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A member of the consumer protocol, as clients are: one heartbeat at a time, revoke, then take.
 */
final class SimulatedConsumer implements SimulatedReader {
  private static final int BEAT_MS = 200;
  private static final int TIMEOUT_MS = 400;
  private static final int REBALANCE_MS = 5_000;
  private static final Comparator<Place> ORDER =
      Comparator.comparing(Place::topic).thenComparing(Place::partition);

  private final SimulatedConsumers world;
  private final String id;
  private final @Nullable String instanceId;
  private final String subscription;
  private final boolean regex;
  private final Set<Place> owned = new TreeSet<>(ORDER);
  private Set<Place> target = Set.of();
  private int epoch;
  private int requests;
  private boolean inFlight;
  private boolean sayAll = true;
  private boolean ownedChanged;
  private boolean working;
  private boolean gone;
  private boolean refused;

  SimulatedConsumer(SimulatedConsumers world, int number, @Nullable String instanceId) {
    this.world = world;
    this.id = "member" + number;
    this.instanceId = instanceId;
    this.regex = number % 3 == 0;
    this.subscription = regex ? "[ab].*" : number % 2 == 0 ? "a,b" : "a,c";
  }

  @Override
  public void start() {
    beat();
  }

  @Override
  public void crash() {
    gone = true;
    owned.clear();
  }

  @Override
  public void leave() {
    owned.clear();
    boolean back = instanceId != null && world.random.nextBoolean();
    ConsumerGroupHeartbeatRequest.Builder request =
        ConsumerGroupHeartbeatRequest.builder()
            .groupId(GROUP)
            .memberId(id)
            .instanceId(instanceId)
            .memberEpoch(back ? -2 : -1);
    gone = true;
    world.beat(request.build(), _ -> {});
  }

  @Override
  public boolean isGone() {
    return gone;
  }

  /** Whether another member holds its name for good. */
  boolean isRefused() {
    return refused;
  }

  @Override
  public String memberId() {
    return id;
  }

  @Nullable String instanceId() {
    return instanceId;
  }

  @Override
  public int epoch() {
    return epoch;
  }

  @Override
  public Set<Place> owned() {
    return owned;
  }

  @Override
  public boolean reads(String topic) {
    return regex
        ? topic.startsWith("a") || topic.startsWith("b")
        : List.of(subscription.split(",")).contains(topic);
  }

  private void beat() {
    if (gone) {
      return;
    }
    world.owners.owner(id).after(world.random.nextInt(BEAT_MS / 2, BEAT_MS), this::beat);
    if (inFlight) {
      return;
    }
    inFlight = true;
    int request = ++requests;
    world
        .owners
        .owner(id)
        .after(
            TIMEOUT_MS,
            () -> {
              if (inFlight && request == requests) {
                inFlight = false;
                sayAll = true;
              }
            });
    world.beat(
        request(),
        response -> {
          if (!gone && inFlight && request == requests) {
            inFlight = false;
            take(response);
          }
        });
    world.maybeCommit(this);
  }

  private ConsumerGroupHeartbeatRequest request() {
    ConsumerGroupHeartbeatRequest.Builder request =
        ConsumerGroupHeartbeatRequest.builder().groupId(GROUP).memberId(id).memberEpoch(epoch);
    request.instanceId(instanceId);
    if (sayAll || epoch == 0) {
      request.rebalanceTimeoutMs(REBALANCE_MS);
      if (regex) {
        request.subscribedTopicRegex(subscription);
      } else {
        request.subscribedTopicNames(List.of(subscription.split(",")));
      }
    }
    if (sayAll || epoch == 0 || ownedChanged) {
      request.topicPartitions(epoch == 0 ? List.of() : listed(owned));
    }
    sayAll = false;
    ownedChanged = false;
    return request.build();
  }

  static List<TopicPartitions> listed(Set<Place> places) {
    Map<dev.millrace.base.bytes.Uuid, List<Integer>> byTopic = new LinkedHashMap<>();
    places.forEach(each ->
        byTopic.computeIfAbsent(each.topic(), _ -> new ArrayList<>()).add(each.partition()));
    List<TopicPartitions> list = new ArrayList<>();
    byTopic.forEach((topic, partitions) -> list.add(new TopicPartitions(topic, partitions)));
    return list;
  }

  private void take(ConsumerGroupHeartbeatResponse response) {
    ErrorCode error = GroupWorld.error(response.errorCode());
    switch (error) {
      case NONE -> {
        epoch = response.memberEpoch();
        if (response.assignment() != null) {
          target = new TreeSet<>(ORDER);
          response
              .assignment()
              .topicPartitions()
              .forEach(topic ->
                  topic.partitions().forEach(each -> target.add(new Place(topic.topicId(), each))));
        }
        work();
      }
      case FENCED_MEMBER_EPOCH, UNKNOWN_MEMBER_ID, GROUP_ID_NOT_FOUND -> {
        owned.clear();
        target = Set.of();
        epoch = 0;
        sayAll = true;
      }
      case UNRELEASED_INSTANCE_ID, FENCED_INSTANCE_ID -> {
        refused = true;
        crash();
      }
      default -> sayAll = true;
    }
  }

  /** Lets go what is not in the target, tells it, and takes the rest after a while. */
  private void work() {
    if (working || owned.equals(target)) {
      return;
    }
    working = true;
    world
        .owners
        .owner(id)
        .after(
            world.random.nextInt(1, 300),
            () -> {
              working = false;
              if (gone || epoch == 0) {
                return;
              }
              ownedChanged = true;
              if (owned.retainAll(target)) {
                work();
              } else {
                owned.addAll(target);
              }
            });
  }
}
