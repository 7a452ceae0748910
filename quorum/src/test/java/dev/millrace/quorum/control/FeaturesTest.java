package dev.millrace.quorum.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class FeaturesTest {
  @Test
  void levelsThatAreKnownAreFine() {
    assertThat(Features.objection(Map.of())).isNull();
    assertThat(
            Features.objection(
                Map.of(Features.METADATA_VERSION, (short) 30, "kraft.version", (short) 0)))
        .isNull();
  }

  @Test
  void aLevelOfANewerReleaseIsNamed() {
    assertThat(
            Features.objection(
                Map.of(Features.METADATA_VERSION, (short) 31, Features.GROUP_VERSION, (short) 1)))
        .isEqualTo(
            "this release is too old for the cluster, which works at metadata.version=31, allowed:"
                + " 7 to 30; start a newer release");
    assertThat(Features.objection(Map.of("later.version", (short) 1)))
        .contains("later.version=1, allowed: nothing");
  }
}
