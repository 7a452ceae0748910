package dev.millrace.coordinator.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.base.bytes.Uuid;
import org.junit.jupiter.api.Test;

class TopicsHashTest {
  private static final Uuid TOPIC = new Uuid(7, 9);

  private static long hash(long... partitions) {
    TopicsHash hash = new TopicsHash().add(TOPIC);
    for (long each : partitions) {
      hash.add(each);
    }
    return hash.value();
  }

  @Test
  void everyPartitionCounts() {
    assertThat(hash(1, 2)).isNotEqualTo(hash(0, 1, 2)).isNotEqualTo(hash(3));
  }

  @Test
  void nothingIsZero() {
    assertThat(new TopicsHash().value()).isZero();
  }
}
