package dev.millrace.bench.figure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GoalTest {

  @Test
  void lessIsBetter() {
    Goal goal = Goal.atMostTimes(0.5);
    assertThat(goal.reached(5, 10)).isTrue();
    assertThat(goal.reached(5.1, 10)).isFalse();
    assertThat(goal.text()).isEqualTo("≤ 0.5 ×");
  }

  @Test
  void moreIsBetter() {
    Goal goal = Goal.atLeastTimes(2);
    assertThat(goal.reached(20, 10)).isTrue();
    assertThat(goal.reached(19.9, 10)).isFalse();
    assertThat(goal.text()).isEqualTo("≥ 2 ×");
  }

  @Test
  void aLimitNeedsNoComparison() {
    Goal goal = Goal.atMost(24, "threads");
    assertThat(goal.reached(24, Double.NaN)).isTrue();
    assertThat(goal.reached(25, Double.NaN)).isFalse();
    assertThat(goal.text()).isEqualTo("≤ 24 threads");
  }
}
