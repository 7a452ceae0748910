package dev.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class CompareOptionsTest {

  @Test
  void withoutWordsEverythingIsMeasuredThreeTimes() {
    CompareOptions options = CompareOptions.parse(List.of());
    assertThat(options.nodes()).isEqualTo(1);
    assertThat(options.rounds()).isEqualTo(3);
    assertThat(options.only()).isEmpty();
    assertThat(options.sizeMb()).isEmpty();
    assertThat(options.partitions()).isEmpty();
    assertThat(options.quick()).isFalse();
  }

  @Test
  void allWordsAreRead() {
    CompareOptions options =
        CompareOptions.parse(
            List.of(
                "--quick",
                "--nodes",
                "3",
                "--rounds",
                "5",
                "--only",
                "start,tiny",
                "--size",
                "200",
                "--partitions",
                "1500",
                "--page",
                "out.md"));
    assertThat(options.nodes()).isEqualTo(3);
    assertThat(options.rounds()).isEqualTo(5);
    assertThat(options.only()).containsExactly("start", "tiny");
    assertThat(options.sizeMb()).contains(200);
    assertThat(options.partitions()).contains(1500);
    assertThat(options.quick()).isTrue();
    assertThat(options.page()).contains(Path.of("out.md"));
  }

  @Test
  void quickIsOneRound() {
    assertThat(CompareOptions.parse(List.of("--quick")).rounds()).isEqualTo(1);
  }

  @Test
  void whatIsWrongIsNamed() {
    assertThatThrownBy(() -> CompareOptions.parse(List.of("--fast")))
        .hasMessageContaining("unknown option --fast");
    assertThatThrownBy(() -> CompareOptions.parse(List.of("--rounds")))
        .hasMessage("--rounds needs a value");
    assertThatThrownBy(() -> CompareOptions.parse(List.of("--rounds", "0")))
        .hasMessage("--rounds takes a number above zero, value=0");
  }
}
