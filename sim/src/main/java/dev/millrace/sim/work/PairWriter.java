package dev.millrace.sim.work;

import dev.millrace.client.producer.Producer;
import dev.millrace.client.producer.ProducerException;
import dev.millrace.client.producer.ProducerRecord;
import dev.millrace.sim.work.History.Fate;
import dev.millrace.sim.work.History.Place;
import dev.millrace.sim.work.History.Transaction;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Writes one value to every partition of a topic in each transaction, and ends it either way. */
public final class PairWriter {
  private static final int PAUSE_MS_MAX = 300;
  private static final int ABORTED = 4;
  private static final int RESTART_MS = 300;

  private final World world;
  private final String id;
  private final String topic;
  private final int partitions;
  private World.Seat seat;
  private Producer<String, String> producer;
  private int number;
  private int lives;
  private boolean done;

  public PairWriter(World world, String id, String topic, int partitions) {
    this.world = world;
    this.id = id;
    this.topic = topic;
    this.partitions = partitions;
    this.seat = world.seat(id);
    this.producer = live();
  }

  private Producer<String, String> live() {
    Producer<String, String> mine =
        Clients.producer(
            world, seat, Map.of("transactional.id", id, "transaction.timeout.ms", 8_000));
    World.Seat here = seat;
    here.turns()
        .submit(() ->
            Clients.whenDone(
                here,
                mine.initTransactionsAsync(),
                fault -> {
                  if (fault == null) {
                    work();
                  } else {
                    renew(fault.getMessage());
                  }
                }));
    return mine;
  }

  private void work() {
    if (world.isOver()) {
      done = true;
      return;
    }
    Map<Place, String> values = new TreeMap<>();
    String name = id + "-" + number++;
    for (int index = 0; index < partitions; index++) {
      values.put(new Place(topic, index), id + "." + index + "-" + (number - 1));
    }
    Transaction transaction = world.history().begin(name, values);
    try {
      producer.beginTransaction();
      values.forEach((place, value) ->
          producer.send(
              ProducerRecord.<String, String>of(topic, value).to(place.index()),
              (delivered, fault) -> {}));
      end(transaction, seat.random().nextInt(ABORTED) != 0);
    } catch (ProducerException.Retriable e) {
      end(transaction, false); // the topic is not known yet
    } catch (ProducerException e) {
      renew(e.getMessage());
    }
  }

  private void end(Transaction transaction, boolean isCommit) {
    try {
      Clients.whenDone(
          seat,
          isCommit ? producer.commitTransactionAsync() : producer.abortTransactionAsync(),
          fault -> ended(transaction, isCommit, fault));
    } catch (ProducerException e) {
      ended(transaction, isCommit, e);
    }
  }

  private void ended(Transaction transaction, boolean isCommit, @Nullable Throwable cause) {
    if (cause == null) {
      transaction.ended(isCommit ? Fate.COMMITTED : Fate.ABORTED);
      seat.turns().after(1 + seat.random().nextInt(PAUSE_MS_MAX), this::work);
    } else if (isCommit && cause instanceof ProducerException.Abortable) {
      end(transaction, false);
    } else {
      renew(cause.getMessage());
    }
  }

  private void renew(@Nullable String why) {
    World.Seat left = seat;
    world
        .cluster()
        .supervisor()
        .after(
            RESTART_MS,
            () -> {
              world.cluster().trace().add(id + " begins anew: " + why);
              world.kill(left);
              seat = world.seat(id + "." + ++lives);
              producer = live();
            });
  }

  /** Whether it has ended. */
  public boolean isDone() {
    return done;
  }

  @Override
  public String toString() {
    return "pair writer " + id + " transactions=" + number + " lives=" + lives + " done=" + done;
  }
}
