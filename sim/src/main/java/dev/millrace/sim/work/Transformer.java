package dev.millrace.sim.work;

import dev.millrace.client.TopicPartition;
import dev.millrace.client.consumer.Consumer;
import dev.millrace.client.consumer.ConsumerException;
import dev.millrace.client.consumer.ConsumerRecord;
import dev.millrace.client.producer.Producer;
import dev.millrace.client.producer.ProducerException;
import dev.millrace.client.producer.ProducerRecord;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Copies a topic, record by record, in transactions that commit what was read with what was
 * written. Now and then one is spoilt and aborted, or the process dies in the middle of one.
 */
public final class Transformer {
  private static final int PAUSE_MS_MAX = 60;
  private static final int SPOIL = 6;
  private static final int DEATH = 60;
  private static final int RESTART_MS = 500;

  private final World world;
  private final String id;
  private final String from;
  private final String to;
  private final Map<String, String> group;
  private World.Seat seat;
  private Producer<String, String> producer;
  private Consumer<String, String> consumer;
  private int lives;
  private boolean idle;

  /**
   * @param protocol of the group, {@code classic} or {@code consumer}
   */
  public Transformer(World world, String id, String protocol, String from, String to) {
    this.world = world;
    this.id = id;
    this.from = from;
    this.to = to;
    this.group = new TreeMap<>(Map.of("group.id", "copiers", "group.protocol", protocol));
    if ("classic".equals(protocol)) {
      group.putAll(Map.of("session.timeout.ms", "6000", "heartbeat.interval.ms", "500"));
    }
    group.put("isolation.level", "read_committed");
    this.seat = world.seat(id);
    this.producer = newProducer();
    this.consumer = newConsumer();
    begin();
  }

  private Producer<String, String> newProducer() {
    return Clients.producer(
        world, seat, Map.of("transactional.id", id, "transaction.timeout.ms", 8_000));
  }

  private Consumer<String, String> newConsumer() {
    return Clients.consumer(world, seat, group);
  }

  private void begin() {
    seat.turns()
        .submit(() -> {
          consumer.subscribe(Set.of(from));
          init(producer);
        });
  }

  private void init(Producer<String, String> mine) {
    Clients.whenDone(
        seat,
        mine.initTransactionsAsync(),
        fault -> {
          if (fault == null) {
            work();
          } else {
            renew("initTransactions: " + fault.getMessage());
          }
        });
  }

  private void work() {
    idle = true;
    if (world.isClosed()) {
      return;
    }
    try {
      List<ConsumerRecord<String, String>> records = consumer.poll(Duration.ZERO);
      if (!records.isEmpty()) {
        idle = false;
        copy(records);
        return;
      }
    } catch (ConsumerException e) {
      world.cluster().trace().add(seat.name() + " hears: " + e.getMessage());
    }
    seat.turns().after(1 + seat.random().nextInt(PAUSE_MS_MAX), this::work);
  }

  private void copy(List<ConsumerRecord<String, String>> records) {
    boolean spoils = !world.isOver() && seat.random().nextInt(SPOIL) == 0;
    Map<TopicPartition, Long> starts = new TreeMap<>();
    Map<TopicPartition, Long> ends = new TreeMap<>();
    for (ConsumerRecord<String, String> record : records) {
      starts.putIfAbsent(record.partition(), record.offset());
      ends.put(record.partition(), record.offset() + 1);
    }
    try {
      producer.beginTransaction();
      for (ConsumerRecord<String, String> record : records) {
        send(record, spoils);
      }
      if (!world.isOver() && seat.random().nextInt(DEATH) == 0) {
        seat.turns().after(seat.random().nextInt(PAUSE_MS_MAX), this::die);
      } else if (spoils) {
        abort(starts, "spoilt");
      } else {
        commit(starts, ends);
      }
    } catch (ProducerException.Retriable e) {
      abort(starts, String.valueOf(e.getMessage()));
    } catch (ProducerException e) {
      failed(starts, e);
    }
  }

  private void send(ConsumerRecord<String, String> record, boolean spoils) {
    String value = spoils ? record.value() + "!" : String.valueOf(record.value());
    if (spoils) {
      world.history().spoiled(value);
    }
    producer.send(
        ProducerRecord.<String, String>of(to, value).to(record.partition().partition()),
        (delivered, fault) -> {});
  }

  private void commit(Map<TopicPartition, Long> starts, Map<TopicPartition, Long> ends) {
    Clients.whenDone(
        seat,
        producer.sendOffsetsAsync(ends, consumer.groupMember()),
        refused -> {
          if (refused == null) {
            end(starts);
          } else {
            failed(starts, refused);
          }
        });
  }

  private void end(Map<TopicPartition, Long> starts) {
    try {
      Clients.whenDone(
          seat,
          producer.commitTransactionAsync(),
          fault -> {
            if (fault == null) {
              work();
            } else {
              failed(starts, fault);
            }
          });
    } catch (ProducerException e) {
      failed(starts, e);
    }
  }

  private void failed(Map<TopicPartition, Long> starts, Throwable cause) {
    if (cause instanceof ProducerException.Abortable) {
      abort(starts, String.valueOf(cause.getMessage()));
    } else {
      renew(cause.getMessage());
    }
  }

  private void abort(Map<TopicPartition, Long> starts, String why) {
    world.cluster().trace().add(seat.name() + " aborts: " + why);
    try {
      Clients.whenDone(
          seat,
          producer.abortTransactionAsync(),
          fault -> {
            if (fault == null) {
              rewind(starts);
              work();
            } else {
              renew(fault.getMessage());
            }
          });
    } catch (ProducerException e) {
      renew(e.getMessage());
    }
  }

  private void rewind(Map<TopicPartition, Long> starts) {
    Set<TopicPartition> mine = consumer.assignment();
    starts.forEach((partition, offset) -> {
      if (mine.contains(partition)) {
        consumer.seek(partition, offset);
      }
    });
  }

  private void die() {
    world.kill(seat);
    world.cluster().supervisor().after(RESTART_MS, () -> live("killed"));
  }

  /** This producer and this consumer are of no use any more; others take their place. */
  private void renew(@Nullable String why) {
    World.Seat left = seat;
    world
        .cluster()
        .supervisor()
        .after(
            RESTART_MS,
            () -> {
              world.kill(left);
              live(String.valueOf(why));
            });
  }

  private void live(String why) {
    world.cluster().trace().add(id + " begins anew: " + why);
    seat = world.seat(id + "." + ++lives);
    producer = newProducer();
    consumer = newConsumer();
    begin();
  }

  /** Whether it has nothing in work. */
  public boolean isDone() {
    return world.isClosed() && idle;
  }

  @Override
  public String toString() {
    return "transformer " + id + " lives=" + lives + " idle=" + idle;
  }
}
