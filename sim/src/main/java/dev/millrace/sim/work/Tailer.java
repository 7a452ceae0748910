package dev.millrace.sim.work;

import dev.millrace.client.TopicPartition;
import dev.millrace.client.consumer.Consumer;
import dev.millrace.client.consumer.ConsumerException;
import dev.millrace.client.consumer.ConsumerRecord;
import dev.millrace.sim.work.History.Place;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads all partitions of a topic from their beginning and goes on reading. */
public final class Tailer {
  private static final int PAUSE_MS_MAX = 40;

  private final World world;
  private final World.Seat seat;
  private final List<TopicPartition> assigned = new ArrayList<>();
  private final Consumer<String, String> consumer;

  public Tailer(World world, String name, String topic, int partitions, boolean isCommittedOnly) {
    this.world = world;
    this.seat = world.seat(name);
    for (int index = 0; index < partitions; index++) {
      assigned.add(new TopicPartition(topic, index));
    }
    this.consumer =
        Clients.consumer(
            world,
            seat,
            Map.of("isolation.level", isCommittedOnly ? "read_committed" : "read_uncommitted"));
    seat.turns()
        .submit(() -> {
          consumer.assign(assigned);
          read();
        });
  }

  private void read() {
    try {
      for (ConsumerRecord<String, String> record : consumer.poll(Duration.ZERO)) {
        world
            .history()
            .read(
                seat.name(),
                new Place(record.topic(), record.partition().partition()),
                record.offset(),
                String.valueOf(record.value()));
      }
    } catch (ConsumerException e) {
      world.cluster().trace().add(seat.name() + " hears: " + e.getMessage());
    }
    seat.turns().after(1 + seat.random().nextInt(PAUSE_MS_MAX), this::read);
  }

  /** The next offset that it reads; -1 while that is looked up. */
  public long position(int index) {
    return consumer.position(assigned.get(index));
  }
}
