package dev.millrace.sim.work;

import dev.millrace.client.GroupMember;
import dev.millrace.client.TopicPartition;
import dev.millrace.client.consumer.Consumer;
import dev.millrace.client.consumer.ConsumerException;
import dev.millrace.client.consumer.ConsumerRecord;
import dev.millrace.client.consumer.RebalanceListener;
import dev.millrace.sim.work.History.Place;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A member of a group that commits what it was given after it was given it. Now and then it dies,
 * or leaves, and another one comes.
 */
public final class GroupReader {
  private static final int PAUSE_MS_MAX = 80;
  private static final int COMMIT = 5;
  private static final int DEATH = 400;
  private static final int RESTART_MS_MAX = 3_000;

  /** A commit that takes longer may have been sent twice, and come twice. */
  private static final int CERTAIN_MS = 1_000;

  private final World world;
  private final String id;
  private final String topic;
  private final String group;
  private final Map<String, String> settings;
  private final Set<TopicPartition> mine = new TreeSet<>();
  private final Map<TopicPartition, Long> floors = new TreeMap<>();
  private final Map<TopicPartition, Long> next = new TreeMap<>();
  private World.Seat seat;
  private Consumer<String, String> consumer;
  private int lives;

  /**
   * @param protocol of the group, {@code classic} or {@code consumer}
   */
  public GroupReader(World world, String id, String group, String protocol, String topic) {
    this.world = world;
    this.id = id;
    this.topic = topic;
    this.group = group;
    this.settings = new TreeMap<>(Map.of("group.id", group, "group.protocol", protocol));
    if ("classic".equals(protocol)) {
      settings.putAll(Map.of("session.timeout.ms", "6000", "heartbeat.interval.ms", "500"));
    }
    this.seat = world.seat(id);
    this.consumer = live();
  }

  private Consumer<String, String> live() {
    Consumer<String, String> next = Clients.consumer(world, seat, settings);
    forget(List.copyOf(mine));
    seat.turns()
        .submit(() -> {
          next.subscribe(Set.of(topic), new Assigned());
          read();
        });
    return next;
  }

  /** Notes what was committed of a partition before it came, and whose it is now. */
  private final class Assigned implements RebalanceListener {
    @Override
    public void assigned(Collection<TopicPartition> partitions) {
      GroupMember member = consumer.groupMember();
      for (TopicPartition partition : partitions) {
        Place place = place(partition);
        mine.add(partition);
        floors.put(partition, world.history().floor(group, place));
        if (member.generation() > 0) {
          world.history().owns(group, member.generation(), place, member.memberId());
        }
      }
    }

    @Override
    public void revoked(Collection<TopicPartition> partitions) {
      forget(partitions);
    }
  }

  private void forget(Collection<TopicPartition> partitions) {
    mine.removeAll(partitions);
    floors.keySet().removeAll(partitions);
    next.keySet().removeAll(partitions);
  }

  private static Place place(TopicPartition partition) {
    return new Place(partition.topic(), partition.partition());
  }

  private void read() {
    if (world.isClosed()) {
      return;
    }
    try {
      for (ConsumerRecord<String, String> record : consumer.poll(Duration.ZERO)) {
        take(record);
      }
      if (seat.random().nextInt(COMMIT) == 0 && !next.isEmpty()) {
        commit(Map.copyOf(next));
      }
    } catch (ConsumerException e) {
      world.cluster().trace().add(seat.name() + " hears: " + e.getMessage());
    }
    if (!world.isOver() && seat.random().nextInt(DEATH) == 0) {
      end();
    } else {
      seat.turns().after(1 + seat.random().nextInt(PAUSE_MS_MAX), this::read);
    }
  }

  private void take(ConsumerRecord<String, String> record) {
    Place place = place(record.partition());
    if (!mine.contains(record.partition())) {
      world.cluster().broken(seat.name() + " is given a record of what was revoked, " + place);
    }
    Long floor = floors.remove(record.partition());
    if (floor != null) {
      world.history().goesOn(group, place, record.offset(), floor);
    }
    world.history().delivered(group, place, record.offset());
    next.put(record.partition(), record.offset() + 1);
  }

  private void commit(Map<TopicPartition, Long> offsets) {
    long beganMs = nowMs();
    Clients.whenDone(
        seat,
        consumer.commitAsync(offsets),
        fault ->
            offsets.forEach((partition, offset) -> {
              if (fault == null && nowMs() - beganMs < CERTAIN_MS) {
                world.history().committed(group, place(partition), offset);
              } else {
                world.history().mayHaveCommitted(group, place(partition), offset);
              }
            }));
  }

  private long nowMs() {
    return world.cluster().owners().clock().monotonicMs();
  }

  private void end() {
    World.Seat left = seat;
    if (seat.random().nextBoolean()) {
      Clients.whenDone(seat, consumer.unsubscribeAsync(), fault -> {});
    }
    world
        .cluster()
        .supervisor()
        .after(
            seat.random().nextInt(RESTART_MS_MAX),
            () -> {
              world.kill(left);
              seat = world.seat(id + "." + ++lives);
              consumer = live();
            });
  }

  @Override
  public String toString() {
    return "group reader " + id + " lives=" + lives;
  }
}
