package dev.millrace.server.command.bench;

import dev.millrace.client.Cluster;
import dev.millrace.client.Serializer;
import dev.millrace.client.producer.Producer;
import dev.millrace.client.producer.ProducerException;
import dev.millrace.client.producer.ProducerRecord;
import dev.millrace.server.command.terminal.Stop;
import dev.millrace.server.command.terminal.UserException;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code millrace bench produce TOPIC}. */
@Command(name = "produce", description = "Write records as fast as the cluster takes them.")
final class BenchProduce extends Measured {
  @Option(
      names = {"-n", "--records"},
      paramLabel = "N",
      description = "How many (default: 1000000).")
  private long records = 1_000_000;

  @Option(
      names = {"-s", "--size"},
      paramLabel = "BYTES",
      description = "Size of a value (default: 100).")
  private int size = 100;

  @Override
  protected void run(Cluster cluster) {
    if (records <= 0 || size < 0) {
      throw UserException.usage("--records must be above 0, --size 0 or more");
    }
    check(cluster);
    byte[] value = new byte[size];
    new SplittableRandom(size).nextBytes(value);
    AtomicReference<@Nullable ProducerException> fault = new AtomicReference<>();
    try (Producer<byte[], byte[]> producer =
            Producer.open(settings(Map.of()), Serializer.bytes(), Serializer.bytes());
        Stop stop = Stop.ofLoop()) {
      long begunNanos = System.nanoTime();
      long sent = 0;
      while (sent < records && fault.get() == null && !stop.isAsked()) {
        producer.send(
            ProducerRecord.of(topic(), value),
            (delivered, refused) -> {
              if (refused != null) {
                fault.set(refused);
              }
            });
        progress(sent++, records);
      }
      producer.flush();
      long nanos = System.nanoTime() - begunNanos;
      ProducerException first = fault.get();
      if (first != null) {
        throw first;
      }
      result("produce", sent, sent * size, nanos);
    } catch (ProducerException e) {
      throw UserException.failed(String.valueOf(e.getMessage()));
    }
  }
}
