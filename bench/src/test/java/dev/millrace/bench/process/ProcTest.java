package dev.millrace.bench.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ProcTest {
  private static final String STAT =
      "4711 (a (tricky) name) S 1 4711 4711 0 -1 4194560 1200 0 3 0 250 75 0 0 20 0 27 0 9000";

  @Test
  void processorTimeIsThatOfUserAndKernel() {
    ProcStat stat = ProcStat.parse(STAT);
    assertThat(stat.userTicks()).isEqualTo(250);
    assertThat(stat.systemTicks()).isEqualTo(75);
    assertThat(stat.cpuSeconds()).isEqualTo(3.25);
  }

  @Test
  void whatIsNoSuchLineIsRefused() {
    assertThatThrownBy(() -> ProcStat.parse("nothing")).hasMessageContaining("line=nothing");
    assertThatThrownBy(() -> ProcStat.parse("1 (x) S 1 2")).hasMessageContaining("short");
  }

  @Test
  void sizeAndThreadsAreFound() {
    ProcStatus status =
        ProcStatus.parse("Name:\tjava\nVmRSS:\t   65536 kB\nThreads:\t27\nSigQ:\t0/1\n");
    assertThat(status.rssMb()).isEqualTo(64);
    assertThat(status.threads()).isEqualTo(27);
  }

  @Test
  void aMissingFieldIsNamed() {
    assertThatThrownBy(() -> ProcStatus.parse("Name:\tjava\n")).hasMessageContaining("VmRSS:");
  }

  @Test
  void thisProcessHasUsedSomething() {
    Usage usage = new Usage(ProcessHandle.current().pid());
    assertThat(usage.cpuSeconds()).isPositive();
    assertThat(usage.status().threads()).isPositive();
  }
}
