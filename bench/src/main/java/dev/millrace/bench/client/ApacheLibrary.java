package dev.millrace.bench.client;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Apache's Java client. */
final class ApacheLibrary implements Library {
  @Override
  public Sending producer(Map<String, String> settings) {
    return new Producing(
        new KafkaProducer<>(
            new HashMap<>(settings), new ByteArraySerializer(), new ByteArraySerializer()));
  }

  @Override
  public Receiving consumer(Map<String, String> settings, String topic) {
    KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            new HashMap<>(settings), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    TopicPartition partition = new TopicPartition(topic, 0);
    consumer.assign(List.of(partition));
    return new Consuming(consumer, partition);
  }

  private static final class Producing implements Sending {
    private final KafkaProducer<byte[], byte[]> producer;
    private final LongAdder acknowledged = new LongAdder();
    private final Callback callback =
        (metadata, fault) -> {
          if (fault == null) {
            acknowledged.increment();
          }
        };

    Producing(KafkaProducer<byte[], byte[]> producer) {
      this.producer = producer;
    }

    @Override
    public void send(String topic, byte[] value) {
      var _ = producer.send(new ProducerRecord<>(topic, value), callback);
    }

    @Override
    public void sendWithFuture(String topic, byte[] value) {
      var _ = producer.send(new ProducerRecord<>(topic, value));
    }

    @Override
    public void flush() {
      producer.flush();
    }

    @Override
    public long acknowledged() {
      return acknowledged.sum();
    }

    @Override
    public void close() {
      producer.close();
    }
  }

  private record Consuming(KafkaConsumer<byte[], byte[]> consumer, TopicPartition partition)
      implements Receiving {
    @Override
    public int poll(long patienceMs) {
      int records = 0;
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(patienceMs))) {
        records += record.value() == null ? 0 : 1;
      }
      return records;
    }

    @Override
    public int poll(long patienceMs, LongConsumer firstBytes) {
      int records = 0;
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(patienceMs))) {
        firstBytes.accept(ByteBuffer.wrap(record.value()).getLong());
        records++;
      }
      return records;
    }

    @Override
    public void seekToBeginning() {
      consumer.seekToBeginning(List.of(partition));
    }

    @Override
    public void seekToEnd() {
      consumer.seekToEnd(List.of(partition));
      consumer.position(partition);
    }

    @Override
    public void close() {
      consumer.close();
    }
  }
}
