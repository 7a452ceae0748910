package dev.millrace.bench.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** One record of 100 B at a time with acks=all; the next one is sent when it was acknowledged. */
public final class RoundTrips {
  private static final int VALUE_BYTES = 100;

  private RoundTrips() {}

  /** A second's round trips over a plain socket: the broker and the kernel, nothing else. */
  public static double overSocket(int port, String topic, double seconds) {
    try (BrokerSocket socket = new BrokerSocket(port)) {
      if (!TinyProduce.accepted(socket, topic)) {
        throw new IllegalStateException("a tiny produce was refused, topic=" + topic);
      }
      ProduceRequest request = TinyProduce.request(topic, VALUE_BYTES);
      byte[] frame = BrokerSocket.frame(request, socket.header(ApiKeys.PRODUCE, request.version()));
      long start = System.nanoTime();
      long end = start + (long) (seconds * 1e9);
      long trips = 0;
      while (System.nanoTime() < end) {
        socket.exchange(frame);
        trips++;
      }
      return trips / ((System.nanoTime() - start) / 1e9);
    } catch (IOException e) {
      throw new UncheckedIOException("round trips failed", e);
    }
  }

  /** The same by Apache's Java producer, which adds its own hand-over between two threads. */
  public static double byProducer(String bootstrap, String topic, double seconds) {
    Map<String, Object> settings =
        Map.of("bootstrap.servers", bootstrap, "acks", "all", "linger.ms", 0);
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>(topic, new byte[VALUE_BYTES])).get();
      long start = System.nanoTime();
      long end = start + (long) (seconds * 1e9);
      long trips = 0;
      while (System.nanoTime() < end) {
        producer.send(new ProducerRecord<>(topic, new byte[VALUE_BYTES])).get();
        trips++;
      }
      return trips / ((System.nanoTime() - start) / 1e9);
    } catch (ExecutionException e) {
      throw new IllegalStateException("a tiny produce was refused, topic=" + topic, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
