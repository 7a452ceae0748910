package dev.millrace.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SummariesTest {

  @Test
  void whatWasDeliveredCounts() {
    Load load =
        Summaries.produced(
            """
            % Sending messages of size 1024 bytes
            % 400000 messages produced (409600000 bytes), 399999 delivered (offset 0, 1 failed) \
            in 2000ms: 200000 msgs/s and 204.80 MB/s, 12 produce failures, 0 in queue, \
            no compression
            """,
            1024);
    assertThat(load.records()).isEqualTo(399_999);
    assertThat(load.wallSeconds()).isEqualTo(2);
    assertThat(load.megabytesPerSecond()).isEqualTo(399_999 * 1024 / 2e6);
  }

  @Test
  void theLastLineOfAConsumerCounts() {
    Load load =
        Summaries.consumed(
            """
            % 10 messages (10240 bytes) consumed in 5ms: 2000 msgs/s (2.05 MB/s)
            % 1000000 messages (100000000 bytes) consumed in 500ms: 2000000 msgs/s (200.00 MB/s)
            """);
    assertThat(load.millionRecords()).isEqualTo(1);
    assertThat(load.gigabytes()).isEqualTo(0.1);
    assertThat(load.megabytesPerSecond()).isEqualTo(200);
  }

  @Test
  void theSummaryOfThePerfTestCounts() {
    Load load =
        Summaries.perfTest(
            """
            5000 records sent, 999.8 records/sec (0.98 MB/sec), 2.4 ms avg latency
            10000 records sent, 2000.0 records/sec (1.95 MB/sec), 2.4 ms avg latency, 8 ms 50th
            """,
            10_000 * 1024L);
    assertThat(load.records()).isEqualTo(10_000);
    assertThat(load.wallSeconds()).isEqualTo(5);
  }

  @Test
  void noSummaryIsAnErrorThatShowsTheOutput() {
    assertThatThrownBy(() -> Summaries.consumed("% ERROR: all brokers are down\n"))
        .hasMessage("client printed no summary: % ERROR: all brokers are down");
  }

  @Test
  void eventTextsAreOfOneLengthAndDiffer() {
    var lines = EventTexts.lines(50, 1);
    assertThat(lines).doesNotHaveDuplicates();
    assertThat(lines)
        .allSatisfy(
            line -> assertThat(line.getBytes(StandardCharsets.UTF_8)).hasSize(EventTexts.BYTES));
  }
}
