package dev.millrace.bench.client;

import dev.millrace.client.Deserializer;
import dev.millrace.client.Serializer;
import dev.millrace.client.TopicPartition;
import dev.millrace.client.consumer.Consumer;
import dev.millrace.client.consumer.ConsumerRecord;
import dev.millrace.client.producer.Callback;
import dev.millrace.client.producer.Producer;
import dev.millrace.client.producer.ProducerRecord;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;

/** Millrace's own client. */
final class OwnLibrary implements Library {
  @Override
  public Sending producer(Map<String, String> settings) {
    return new Producing(Producer.open(settings, Serializer.bytes(), Serializer.bytes()));
  }

  @Override
  public Receiving consumer(Map<String, String> settings, String topic) {
    Consumer<byte[], byte[]> consumer =
        Consumer.open(settings, Deserializer.bytes(), Deserializer.bytes());
    TopicPartition partition = new TopicPartition(topic, 0);
    consumer.assign(List.of(partition));
    return new Consuming(consumer, partition);
  }

  private static final class Producing implements Sending {
    private final Producer<byte[], byte[]> producer;
    private final LongAdder acknowledged = new LongAdder();
    private final Callback callback =
        (delivered, fault) -> {
          if (delivered != null) {
            acknowledged.increment();
          }
        };

    Producing(Producer<byte[], byte[]> producer) {
      this.producer = producer;
    }

    @Override
    public void send(String topic, byte[] value) {
      producer.send(ProducerRecord.of(topic, value), callback);
    }

    @Override
    public void sendWithFuture(String topic, byte[] value) {
      var _ = producer.send(ProducerRecord.of(topic, value));
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

  private record Consuming(Consumer<byte[], byte[]> consumer, TopicPartition partition)
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
    public int read(long patienceMs) {
      return consumer.poll(
          Duration.ofMillis(patienceMs),
          record -> {
            if (record.value() == null) {
              throw new IllegalStateException("no value, offset=" + record.offset());
            }
          });
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
    }

    @Override
    public void close() {
      consumer.close();
    }
  }
}
