package dev.millrace.bench.figure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SamplesTest {

  @Test
  void medianOfAnOddNumberIsTheMiddleOne() {
    assertThat(of(9, 1, 4).median()).isEqualTo(4);
  }

  @Test
  void medianOfAnEvenNumberIsTheMeanOfTheTwoInTheMiddle() {
    assertThat(of(10, 1, 4, 3).median()).isEqualTo(3.5);
  }

  @Test
  void medianOfNothingIsRefused() {
    assertThatThrownBy(() -> new Samples().median()).hasMessage("no samples");
  }

  @Test
  void spreadIsFromTheLowestToTheHighest() {
    Samples samples = of(3, 8, 5);
    assertThat(samples.lowest()).isEqualTo(3);
    assertThat(samples.highest()).isEqualTo(8);
    assertThat(samples.count()).isEqualTo(3);
  }

  private static Samples of(double... values) {
    Samples samples = new Samples();
    for (double value : values) {
      samples.add(value);
    }
    return samples;
  }
}
