package dev.millrace.sim.work;

import dev.millrace.client.consumer.Consumer;
import dev.millrace.client.consumer.ConsumerException;
import dev.millrace.client.consumer.ConsumerRecord;
import dev.millrace.sim.work.History.Place;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A member of a group that commits what it was given after it was given it. Now and then it dies,
 * or leaves, and another one comes.
 */
public final class GroupReader {
  private static final int PAUSE_MS_MAX = 80;
  private static final int COMMIT = 5;
  private static final int DEATH = 400;
  private static final int RESTART_MS_MAX = 3_000;

  private final World world;
  private final String id;
  private final String topic;
  private final Map<String, String> settings;
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
    this.settings = new TreeMap<>(Map.of("group.id", group, "group.protocol", protocol));
    if ("classic".equals(protocol)) {
      settings.putAll(Map.of("session.timeout.ms", "6000", "heartbeat.interval.ms", "500"));
    }
    this.seat = world.seat(id);
    this.consumer = live();
  }

  private Consumer<String, String> live() {
    Consumer<String, String> mine = Clients.consumer(world, seat, settings);
    seat.turns()
        .submit(() -> {
          mine.subscribe(Set.of(topic));
          read();
        });
    return mine;
  }

  private void read() {
    if (world.isClosed()) {
      return;
    }
    try {
      for (ConsumerRecord<String, String> record : consumer.poll(Duration.ZERO)) {
        world
            .history()
            .delivered(
                settings.getOrDefault("group.id", ""),
                new Place(record.topic(), record.partition().partition()),
                record.offset());
      }
      if (seat.random().nextInt(COMMIT) == 0) {
        Clients.whenDone(seat, consumer.commitAsync(), fault -> {});
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
