package dev.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.client.Serializer;
import dev.millrace.client.producer.Producer;
import dev.millrace.client.producer.ProducerException;
import dev.millrace.client.producer.ProducerRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TestLinkTest {
  @Test
  void brokenLinksLoseAndDoubleNothing() {
    try (TestBroker broker = TestBroker.startBehindLink(Map.of())) {
      broker.createTopic("t", 1);
      List<String> sent = IntStream.range(0, 3_000).mapToObj(i -> "v" + i).toList();
      List<String> told = new ArrayList<>();
      try (Producer<String, String> producer = producer(broker, Map.of("retry.backoff.ms", 5))) {
        for (int i = 0; i < sent.size(); i++) {
          String value = sent.get(i);
          producer.send(ProducerRecord.of("t", value), (delivered, fault) -> told.add(value));
          if (i % 500 == 250) {
            broker.link().breakAll();
          }
        }
        producer.flush();
      }
      assertThat(told).isEqualTo(sent);
      assertThat(broker.values("t")).isEqualTo(sent);
    }
  }

  @Test
  void aTransactionOutlivesCuts() {
    try (TestBroker broker = TestBroker.startBehindLink(Map.of())) {
      broker.createTopic("t", 2);
      List<String> expected = new ArrayList<>();
      try (Producer<String, String> producer =
          producer(broker, Map.of("transactional.id", "one", "retry.backoff.ms", 5))) {
        producer.initTransactions();
        for (int round = 0; round < 20; round++) {
          producer.beginTransaction();
          for (int i = 0; i < 20; i++) {
            producer.send(ProducerRecord.<String, String>of("t", round + "-" + i).to(i % 2));
            if (i == round) {
              broker.link().breakAll();
            }
          }
          var ended =
              round % 3 == 0 ? producer.abortTransactionAsync() : producer.commitTransactionAsync();
          broker.link().breakAll();
          ended.join();
          if (round % 3 != 0) {
            int done = round;
            IntStream.range(0, 20).forEach(i -> expected.add(done + "-" + i));
          }
        }
      }
      assertThat(broker.values("t")).containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  @Test
  void aStalledLinkLetsNothingThroughUntilItIsMended() {
    try (TestBroker broker = TestBroker.startBehindLink(Map.of())) {
      broker.createTopic("t", 1);
      try (Producer<String, String> producer =
          producer(
              broker,
              Map.of("request.timeout.ms", 200, "delivery.timeout.ms", 400, "linger.ms", 0))) {
        producer.send(ProducerRecord.of("t", "before")).join();
        broker.link().stall();
        assertThatThrownBy(() -> producer.send(ProducerRecord.of("t", "lost")).join())
            .cause()
            .isInstanceOf(ProducerException.Retriable.class);
        broker.link().mend();
      }
      assertThat(broker.values("t")).contains("before");
    }
  }

  @Test
  void aCutLinkRefuses() {
    try (TestBroker broker = TestBroker.startBehindLink(Map.of())) {
      broker.createTopic("t", 1);
      broker.link().cut();
      try (Producer<String, String> producer = producer(broker, Map.of("max.block.ms", 200))) {
        assertThatThrownBy(() -> producer.send(ProducerRecord.of("t", "x")))
            .isInstanceOf(ProducerException.Retriable.class);
      }
      broker.link().mend();
      broker.produce("t", "y");
      assertThat(broker.values("t")).containsExactly("y");
    }
    try (TestBroker plain = TestBroker.start()) {
      assertThatThrownBy(plain::link)
          .hasMessage("start the broker with startBehindLink to cut its link");
    }
  }

  private static Producer<String, String> producer(TestBroker broker, Map<String, ?> more) {
    Map<String, Object> settings = new HashMap<>(broker.clientSettings());
    settings.putAll(more);
    return Producer.open(settings, Serializer.string(), Serializer.string());
  }
}
