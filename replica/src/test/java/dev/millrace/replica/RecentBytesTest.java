package dev.millrace.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.replica.RecentBytes.Window;
import org.junit.jupiter.api.Test;

class RecentBytesTest {
  private final Window window = new Window(6400);
  private final RecentBytes busy = new RecentBytes(window);
  private final RecentBytes other = new RecentBytes(window);

  @Test
  void whatTheNodeAppendedLastIsRecent() {
    busy.appended(0, 1000);
    busy.appended(10, 1000);
    assertThat(busy.isRecent(0)).isTrue();
    other.appended(0, 5400);
    assertThat(busy.isRecent(5)).isFalse();
    assertThat(busy.isRecent(10)).isTrue();
    assertThat(other.isRecent(0)).isTrue();
  }

  @Test
  void whatColdReadsBringInPushesOut() {
    busy.appended(0, 1000);
    other.loaded(6000);
    assertThat(busy.isRecent(0)).isFalse();
    busy.appended(10, 100);
    assertThat(busy.isRecent(10)).isTrue();
    assertThat(busy.isRecent(9)).isFalse();
  }

  @Test
  void whatWasCutOffIsForgotten() {
    busy.appended(0, 1000);
    busy.appended(10, 1000);
    busy.truncated(10);
    assertThat(busy.isRecent(0)).isTrue();
    busy.truncated(0);
    assertThat(busy.isRecent(0)).isFalse();
  }
}
