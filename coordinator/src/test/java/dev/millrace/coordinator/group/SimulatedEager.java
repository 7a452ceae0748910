package dev.millrace.coordinator.group;

import static dev.millrace.coordinator.group.GroupWorld.GROUP;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.coordinator.consumer.Holdings;
import dev.millrace.coordinator.consumer.Partitions;
import dev.millrace.coordinator.consumer.TopicCatalog.Topic;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.HeartbeatRequest;
import dev.millrace.wire.message.JoinGroupResponse;
import dev.millrace.wire.message.SyncGroupRequest;
import dev.millrace.wire.message.SyncGroupRequest.SyncGroupRequestAssignment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A member of the classic protocol that lets everything go before it joins again. */
final class SimulatedEager implements SimulatedReader {
  private static final int BEAT_MS = 200;
  private static final int TIMEOUT_MS = 9_000;

  private final SimulatedConsumers world;
  private final String name;
  private final Set<Place> owned = new HashSet<>();
  private String id = "";
  private int generation = -1;
  private int attempts;
  private boolean stable;
  private boolean gone;

  SimulatedEager(SimulatedConsumers world, int number) {
    this.world = world;
    this.name = "classic" + number;
  }

  @Override
  public void start() {
    join();
    beat();
  }

  @Override
  public void crash() {
    gone = true;
    owned.clear();
  }

  @Override
  public void leave() {
    crash();
    world.leave(id);
  }

  @Override
  public boolean isGone() {
    return gone;
  }

  @Override
  public String memberId() {
    return id;
  }

  @Override
  public int epoch() {
    return generation;
  }

  @Override
  public Set<Place> owned() {
    return owned;
  }

  @Override
  public boolean reads(String topic) {
    return topic.equals("a") || topic.equals("b");
  }

  private void join() {
    owned.clear();
    stable = false;
    int attempt = ++attempts;
    world
        .owners
        .owner(name)
        .after(
            TIMEOUT_MS,
            () -> {
              if (attempt == attempts && !stable && !gone) {
                join();
              }
            });
    world.join(
        GroupWorld.joining(id)
            .sessionTimeoutMs(1_500)
            .rebalanceTimeoutMs(3_000)
            .protocols(List.of(GroupWorld.protocol("range", GroupWorld.subscription("a", "b"))))
            .build(),
        response -> {
          if (attempt == attempts && !gone) {
            joined(attempt, response);
          }
        });
  }

  private void again() {
    int attempt = attempts;
    world
        .owners
        .owner(name)
        .after(
            100,
            () -> {
              if (attempt == attempts && !gone) {
                join();
              }
            });
  }

  private void joined(int attempt, JoinGroupResponse response) {
    switch (GroupWorld.error(response.errorCode())) {
      case NONE -> {
        id = response.memberId();
        generation = response.generationId();
        SyncGroupRequest.Builder sync =
            SyncGroupRequest.builder().groupId(GROUP).memberId(id).generationId(generation);
        if (response.leader().equals(id)) {
          sync.assignments(assign(response));
        }
        world.sync(
            sync.build(),
            synced -> {
              if (attempt == attempts && !gone) {
                synced(GroupWorld.error(synced.errorCode()), synced.assignment());
              }
            });
      }
      case MEMBER_ID_REQUIRED -> {
        id = response.memberId();
        again();
      }
      case UNKNOWN_MEMBER_ID -> {
        id = "";
        again();
      }
      default -> again();
    }
  }

  private List<SyncGroupRequestAssignment> assign(JoinGroupResponse response) {
    List<SyncGroupRequestAssignment> list = new ArrayList<>();
    int members = response.members().size();
    for (int i = 0; i < members; i++) {
      Partitions.Builder mine = new Partitions.Builder();
      for (Topic topic : world.topics.all()) {
        for (int p = i; p < topic.partitions() && reads(topic.name()); p += members) {
          mine.add(topic.id(), p);
        }
      }
      list.add(
          SyncGroupRequestAssignment.builder()
              .memberId(response.members().get(i).memberId())
              .assignment(
                  EmbeddedProtocol.assignment(
                      Holdings.of(mine.build(), 0), world.topics, GroupWorld.subscription("a")))
              .build());
    }
    return list;
  }

  private void synced(ErrorCode error, Bytes assignment) {
    if (error == ErrorCode.UNKNOWN_MEMBER_ID) {
      id = "";
    }
    if (error != ErrorCode.NONE) {
      again();
      return;
    }
    stable = true;
    Partitions partitions = EmbeddedProtocol.assigned(assignment, world.topics);
    if (partitions != null) {
      partitions.forEach((topic, partition) -> owned.add(new Place(topic, partition)));
    }
  }

  private void beat() {
    if (gone) {
      return;
    }
    world.owners.owner(name).after(world.random.nextInt(BEAT_MS / 2, BEAT_MS), this::beat);
    if (!stable) {
      return;
    }
    int attempt = attempts;
    world.heartbeat(
        HeartbeatRequest.builder().groupId(GROUP).memberId(id).generationId(generation).build(),
        response -> {
          if (attempt == attempts && stable && !gone) {
            beaten(GroupWorld.error(response.errorCode()));
          }
        });
    world.maybeCommit(this);
  }

  private void beaten(ErrorCode error) {
    switch (error) {
      case REBALANCE_IN_PROGRESS -> join();
      case UNKNOWN_MEMBER_ID, ILLEGAL_GENERATION -> {
        id = error == ErrorCode.UNKNOWN_MEMBER_ID ? "" : id;
        join();
      }
      default -> {
        // goes on
      }
    }
  }

  /** A change of topics is seen by the leader alone, so each member looks itself here. */
  void topicsChanged() {
    if (stable) {
      join();
    }
  }
}
