package dev.millrace.bench.figure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class LatencyHistogramTest {
  private static final long SEED =
      Long.getLong("millrace.seed", Long.getLong("millrace.fuzz.from", 1));

  @Test
  void sharesAreThoseOfTheSortedValues() {
    LatencyHistogram histogram = new LatencyHistogram();
    for (int millis = 1; millis <= 1000; millis++) {
      histogram.record(millis * 1_000_000L);
    }
    Percentage width = Percentage.withPercentage(1.6);
    assertThat(histogram.millisAt(0.5)).isCloseTo(500, width);
    assertThat(histogram.millisAt(0.99)).isCloseTo(990, width);
    assertThat(histogram.millisAt(0.999)).isCloseTo(999, width);
    assertThat(histogram.millisAt(1)).isCloseTo(1000, width);
  }

  @Test
  void itIsNeverTooSmallAndAtMostOneStepTooLarge() {
    Random random = new Random(SEED);
    long[] values = random.longs(5000).map(value -> value >>> (1 + (int) (value & 60))).toArray();
    LatencyHistogram histogram = new LatencyHistogram();
    Arrays.stream(values).forEach(histogram::record);
    Arrays.sort(values);
    for (double share : new double[] {0.01, 0.5, 0.9, 0.999}) {
      double exact = values[(int) Math.ceil(share * values.length) - 1] / 1e6;
      assertThat(histogram.millisAt(share))
          .as("seed=%d share=%s", SEED, share)
          .isBetween(exact, exact * (1 + 1.0 / 64) + 1e-6);
    }
  }

  @Test
  void aStallIsCountedForAllThatHadToWait() {
    LatencyHistogram histogram = new LatencyHistogram();
    for (int i = 0; i < 90; i++) {
      histogram.record(1_000_000);
    }
    for (int waited = 10; waited > 0; waited--) {
      histogram.record(waited * 100_000_000L);
    }
    assertThat(histogram.millisAt(0.9)).isLessThan(1.1);
    assertThat(histogram.millisAt(0.95)).isGreaterThan(499);
  }

  @Test
  void aClockThatWentBackCountsAsZero() {
    LatencyHistogram histogram = new LatencyHistogram();
    histogram.record(-5);
    assertThat(histogram.millisAt(1)).isZero();
    assertThat(histogram.count()).isEqualTo(1);
  }

  @Test
  void anEmptyOneSaysNothing() {
    assertThatThrownBy(() -> new LatencyHistogram().millisAt(0.5))
        .hasMessage("no latencies recorded");
  }
}
