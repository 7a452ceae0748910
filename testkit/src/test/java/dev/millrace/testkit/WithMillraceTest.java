package dev.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@WithMillrace(settings = "num.partitions=3")
class WithMillraceTest {
  private static final java.util.Set<TestBroker> SEEN = new java.util.HashSet<>();

  @Test
  void getsABroker(TestBroker broker) {
    broker.produce("one", "a");
    assertThat(broker.values("one")).containsExactly("a");
    SEEN.add(broker);
    assertThat(SEEN).hasSize(1);
  }

  @Test
  void sharesItWithTheOthers(TestBroker broker) {
    SEEN.add(broker);
    assertThat(SEEN).hasSize(1);
  }

  @Nested
  class Inside {
    @Test
    void asWell(TestBroker broker) {
      SEEN.add(broker);
      assertThat(SEEN).hasSize(1);
    }
  }
}
