package dev.millrace.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PartitionerTest {
  /** Values that the Java client's own hash gives. */
  @ParameterizedTest
  @CsvSource({
    "21, -973932308",
    "foobar, -790332482",
    "a-little-bit-long-string, -985981536",
    "a-little-bit-longer-string, -1486304829",
    "lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8, -58897971",
    "abc, 479470107"
  })
  void hashesAsTheJavaClientDoes(String key, int hash) {
    assertThat(Partitioner.murmur2(key.getBytes(StandardCharsets.UTF_8))).isEqualTo(hash);
  }

  @Test
  void choosesAPartitionThatIsThere() {
    for (int i = 0; i < 1000; i++) {
      byte[] key = ("key" + i).getBytes(StandardCharsets.UTF_8);
      assertThat(Partitioner.partition(key, 7)).isBetween(0, 6);
    }
  }

  @Test
  void anEmptyKeyHasAPartitionToo() {
    assertThat(Partitioner.partition(new byte[0], 3)).isBetween(0, 2);
  }
}
