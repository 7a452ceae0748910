package dev.millrace.sim.work;

import dev.millrace.client.producer.Producer;
import dev.millrace.client.producer.ProducerException;
import dev.millrace.client.producer.ProducerRecord;
import dev.millrace.sim.work.History.Place;
import dev.millrace.sim.work.History.Write;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Sends numbered records with an idempotent producer, in bursts. */
public final class Writer {
  private static final int BURST_MAX = 12;

  private final World world;
  private final World.Seat seat;
  private final Job job;
  private Producer<String, String> producer;
  private int number;
  private int open;
  private boolean ended;

  /**
   * What a writer does.
   *
   * @param pauseMsMax longest time between two bursts
   * @param isKept whether the topic stays: what is acknowledged is there in the end
   */
  public record Job(String topic, int partitions, int pauseMsMax, boolean isKept) {}

  public Writer(World world, String name, Job job) {
    this.world = world;
    this.seat = world.seat(name);
    this.job = job;
    this.producer = producer();
    seat.turns().submit(this::work);
  }

  private Producer<String, String> producer() {
    return Clients.producer(world, seat, Map.of());
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
    seat.turns().after(1 + seat.random().nextInt(job.pauseMsMax), this::work);
  }

  private void send() {
    Place place = new Place(job.topic, seat.random().nextInt(job.partitions));
    String value = seat.name() + "-" + number;
    @Nullable Write[] sent = new Write[1];
    open++;
    try {
      producer.send(
          ProducerRecord.<String, String>of(job.topic, value).to(place.index()),
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
    sent[0] = job.isKept ? world.history().sending(place, value) : null;
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
