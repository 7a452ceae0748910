package dev.millrace.bench.figure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TableTest {
  private static final Figure CPU =
      Figure.of("broker CPU", "s/GB")
          .goal(Contender.MEMORY, Goal.atMostTimes(0.5))
          .goal(Contender.FSYNC, Goal.atMostTimes(0.7));
  private static final Figure THREADS = Figure.of("threads", "").goal(Goal.atMost(24, ""));

  @Test
  void eachContenderHasARowWithTheRatioOfItsMedian() {
    Results results = new Results();
    for (double value : new double[] {4, 5, 6}) {
      results.add(CPU, Contender.APACHE, value);
    }
    results.add(CPU, Contender.MEMORY, 2);
    results.add(CPU, Contender.MEMORY, 3);
    results.add(CPU, Contender.FSYNC, 4);
    assertThat(Table.render(results))
        .isEqualTo(
            """
            | figure | unit | Apache Kafka | Millrace | how | ratio | goal | reached |
            |---|---|---|---|---|---|---|---|
            | broker CPU | s/GB | 5.00 | 2.50 | page cache | 0.50 × | ≤ 0.5 × | yes |
            | broker CPU | s/GB | 5.00 | 4.00 | fsync | 0.80 × | ≤ 0.7 × | **no** |
            """);
    assertThat(Table.score(results)).isEqualTo("1 of 2 goals reached");
  }

  @Test
  void withoutApacheOnlyLimitsAreJudged() {
    Results results = new Results();
    results.add(CPU, Contender.MEMORY, 2);
    results.add(THREADS, Contender.FSYNC, 30);
    assertThat(Table.render(results))
        .contains("| broker CPU | s/GB | – | 2.00 | page cache |  | ≤ 0.5 × |  |")
        .contains("| threads |  | – | 30.0 | fsync |  | ≤ 24 | **no** |");
    assertThat(Table.score(results)).isEqualTo("0 of 1 goals reached");
  }

  @Test
  void numbersHaveThreeDigits() {
    assertThat(Table.number(0.1234)).isEqualTo("0.123");
    assertThat(Table.number(1.234)).isEqualTo("1.23");
    assertThat(Table.number(12.34)).isEqualTo("12.3");
    assertThat(Table.number(1234.5)).isEqualTo("1235");
    assertThat(Table.number(0)).isEqualTo("0");
  }
}
