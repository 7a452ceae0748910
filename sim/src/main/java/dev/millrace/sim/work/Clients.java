package dev.millrace.sim.work;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.client.Deserializer;
import dev.millrace.client.Serializer;
import dev.millrace.client.consumer.Consumer;
import dev.millrace.client.producer.Producer;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Our own clients on the simulated network. */
final class Clients {
  private Clients() {}

  /** Hears how a call ended. */
  @FunctionalInterface
  interface Told {
    /** Null when it ended well. */
    void accept(@Nullable Throwable fault);
  }

  /** A producer with these settings beside the usual ones. */
  static Producer<String, String> producer(World world, World.Seat seat, Map<String, ?> settings) {
    Map<String, Object> all =
        new TreeMap<>(
            Map.of(
                "bootstrap.servers",
                world.cluster().bootstrap(),
                "client.id",
                seat.name(),
                "request.timeout.ms",
                3_000,
                "delivery.timeout.ms",
                120_000,
                "batch.size",
                200 + seat.random().nextInt(2_000),
                "linger.ms",
                seat.random().nextInt(10),
                "retry.backoff.ms",
                20));
    all.putAll(settings);
    return Producer.over(
        seat.network(), seat.random(), all, Serializer.string(), Serializer.string());
  }

  /** A consumer with these settings beside the usual ones. */
  static Consumer<String, String> consumer(World world, World.Seat seat, Map<String, ?> settings) {
    Map<String, Object> all =
        new TreeMap<>(
            Map.of(
                "bootstrap.servers", world.cluster().bootstrap(),
                "client.id", seat.name(),
                "auto.offset.reset", "earliest",
                "enable.auto.commit", "false",
                "max.poll.records", 20,
                "request.timeout.ms", 3_000,
                "default.api.timeout.ms", 10_000,
                "metadata.max.age.ms", 10_000,
                "retry.backoff.ms", 20));
    all.putAll(settings);
    return Consumer.over(
        seat.network(),
        Uuid.random(seat.random()),
        all,
        Deserializer.string(),
        Deserializer.string());
  }

  /** Has {@code told} hear how a call ended, in a turn of the client's owner; null when well. */
  static void whenDone(World.Seat seat, CompletableFuture<Void> call, Told told) {
    CompletableFuture<Void> _ =
        call.whenComplete((none, fault) -> seat.turns().submit(() -> told.accept(cause(fault))));
  }

  private static @Nullable Throwable cause(@Nullable Throwable fault) {
    return fault instanceof CompletionException && fault.getCause() != null
        ? fault.getCause()
        : fault;
  }
}
