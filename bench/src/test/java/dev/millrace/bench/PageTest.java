package dev.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.bench.Page.Marks;
import org.junit.jupiter.api.Test;

class PageTest {

  @Test
  void aPageWithoutMarksGetsTheSectionAtItsEnd() {
    assertThat(Page.replaced("# Benchmarks\n\n", "new\n", Marks.ONE_NODE))
        .isEqualTo(
            "# Benchmarks\n\n" + Marks.ONE_NODE.begin() + "\nnew\n" + Marks.ONE_NODE.end() + "\n");
  }

  @Test
  void whatStandsAroundTheMarksStays() {
    String page = "head\n" + Marks.ONE_NODE.begin() + "\nold\n" + Marks.ONE_NODE.end() + "\ntail\n";
    String once = Page.replaced(page, "new\n", Marks.ONE_NODE);
    assertThat(once)
        .isEqualTo(
            "head\n" + Marks.ONE_NODE.begin() + "\nnew\n" + Marks.ONE_NODE.end() + "\ntail\n");
    assertThat(Page.replaced(once, "new\n", Marks.ONE_NODE)).isEqualTo(once);
  }

  @Test
  void severalNodesHaveTheirOwnMarks() {
    String page = Page.replaced("head\n", "one\n", Marks.ONE_NODE);
    String both = Page.replaced(page, "three\n", Marks.of(3));
    assertThat(Page.replaced(both, "one\n", Marks.of(1))).isEqualTo(both);
    assertThat(both).contains("one\n").contains("three\n");
  }

  @Test
  void theMachineIsReadFromWhatLinuxTells() {
    assertThat(Machine.after("vendor: x\nmodel name\t: Some CPU @ 2 GHz\n", "model name"))
        .isEqualTo("Some CPU @ 2 GHz");
    assertThat(Machine.memoryMb("MemTotal:       2097152 kB\nMemFree: 1 kB\n")).isEqualTo(2048);
    assertThat(Machine.memoryMb("")).isZero();
  }
}
