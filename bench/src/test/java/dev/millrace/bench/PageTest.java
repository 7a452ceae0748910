package dev.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PageTest {

  @Test
  void aPageWithoutMarksGetsTheSectionAtItsEnd() {
    assertThat(Page.replaced("# Benchmarks\n\n", "new\n"))
        .isEqualTo("# Benchmarks\n\n" + Page.BEGIN + "\nnew\n" + Page.END + "\n");
  }

  @Test
  void whatStandsAroundTheMarksStays() {
    String page = "head\n" + Page.BEGIN + "\nold\n" + Page.END + "\ntail\n";
    String once = Page.replaced(page, "new\n");
    assertThat(once).isEqualTo("head\n" + Page.BEGIN + "\nnew\n" + Page.END + "\ntail\n");
    assertThat(Page.replaced(once, "new\n")).isEqualTo(once);
  }

  @Test
  void theMachineIsReadFromWhatLinuxTells() {
    assertThat(Machine.after("vendor: x\nmodel name\t: Some CPU @ 2 GHz\n", "model name"))
        .isEqualTo("Some CPU @ 2 GHz");
    assertThat(Machine.memoryMb("MemTotal:       2097152 kB\nMemFree: 1 kB\n")).isEqualTo(2048);
    assertThat(Machine.memoryMb("")).isZero();
  }
}
