package dev.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

// example
@WithMillrace(settings = "num.partitions=3")
class OrdersTest {
  @Test
  void keepsOrders(TestBroker broker) {
    broker.createTopic("orders", 1);
    broker.produce("orders", "3 apples");
    Map<String, Object> settings = new HashMap<>(broker.clientSettings());
    try (var theirs =
        new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
      theirs.send(new ProducerRecord<>("orders", "2 pears"));
    }
    assertThat(broker.values("orders")).containsExactly("3 apples", "2 pears");
  }
}
// end
