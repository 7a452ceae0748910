package dev.millrace.coordinator.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ExpressionSizeTest {
  @Test
  void expressionsThatPeopleWritePass() {
    for (String regex :
        new String[] {
          "",
          ".*",
          "orders-(eu|us)-[0-9]{1,4}",
          "[]a{9}]+",
          "[^]]{2}",
          "\\Qa{9}\\E",
          "(?i)topic\\.[a-z{}]{2,8}",
          "a{1000}",
          "x{",
        }) {
      assertThat(ExpressionSize.fault(regex)).as(regex).isNull();
    }
  }

  @Test
  void expressionsThatGrowAreRefusedBeforeTheyAreCompiled() {
    for (String regex :
        new String[] {
          "((a{1000}){1000}){1000}",
          "(a{1000}){11}",
          "((a{100}){100}){100}",
          "(" + "ab".repeat(60) + "){100}",
          "(".repeat(200) + "a" + ")".repeat(200),
          "a".repeat(5_000),
          "[ab]{1000}".repeat(11),
        }) {
      assertThat(Subscriptions.fault(regex)).as(regex).isNotNull();
    }
  }

  @Test
  void wrongOnesAreLeftToTheCompiler() {
    for (String regex : new String[] {"[", "(a", "a)", "*", "a{2000}", "\\"}) {
      assertThat(Subscriptions.fault(regex)).as(regex).isNotNull();
    }
  }
}
