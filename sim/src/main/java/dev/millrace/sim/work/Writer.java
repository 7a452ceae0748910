package dev.millrace.sim.work;

import dev.millrace.client.Serializer;
import dev.millrace.client.producer.Producer;
import dev.millrace.client.producer.ProducerException;
import dev.millrace.client.producer.ProducerRecord;
import dev.millrace.sim.work.History.Place;
import dev.millrace.sim.work.History.Write;
import java.util.Map;

/** Sends numbered records with an idempotent producer, in bursts. */
public final class Writer {
  private static final int BURST_MAX = 12;
  private static final int PAUSE_MS_MAX = 250;

  private final World world;
  private final World.Seat seat;
  private final String topic;
  private final int partitions;
  private Producer<String, String> producer;
  private int number;
  private int open;
  private boolean ended;

  public Writer(World world, String name, String topic, int partitions) {
    this.world = world;
    this.seat = world.seat(name);
    this.topic = topic;
    this.partitions = partitions;
    this.producer = producer();
    seat.turns().submit(this::work);
  }

  private Producer<String, String> producer() {
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers", world.cluster().bootstrap(),
            "client.id", seat.name(),
            "request.timeout.ms", 3_000,
            "delivery.timeout.ms", 120_000,
            "batch.size", 200 + seat.random().nextInt(2_000),
            "linger.ms", seat.random().nextInt(10),
            "retry.backoff.ms", 20);
    return Producer.over(
        seat.network(), seat.random(), settings, Serializer.string(), Serializer.string());
  }

  private void work() {
    if (world.isOver()) {
      ended = true;
      return;
    }
    try {
      for (int left = 1 + seat.random().nextInt(BURST_MAX); left > 0; left--) {
        send();
      }
    } catch (ProducerException.Retriable e) {
      // the topic is not known yet, or there is no room
    } catch (ProducerException e) {
      renew(e);
    }
    seat.turns().after(1 + seat.random().nextInt(PAUSE_MS_MAX), this::work);
  }

  private void send() {
    Place place = new Place(topic, seat.random().nextInt(partitions));
    String value = seat.name() + "-" + number;
    Write[] sent = new Write[1];
    open++;
    try {
      producer.send(
          ProducerRecord.<String, String>of(topic, value).to(place.index()),
          (delivered, fault) -> {
            open--;
            Write write = sent[0];
            if (write != null && delivered != null) {
              world.history().acknowledged(write, delivered.offset());
            } else if (write != null) {
              world.history().failed(write);
            }
          });
    } catch (ProducerException e) {
      open--;
      throw e;
    }
    sent[0] = world.history().sending(place, value);
    number++;
  }

  private void renew(ProducerException why) {
    world.cluster().trace().add(seat.name() + " begins anew: " + why.getMessage());
    producer = producer();
  }

  /** Whether it has ended and heard of everything that it sent. */
  public boolean isDone() {
    return ended && open == 0;
  }

  @Override
  public String toString() {
    return "writer " + seat.name() + " sent=" + number + " open=" + open + " ended=" + ended;
  }
}
