package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PageCacheTest {
  private static final long MEGABYTE = 1 << 20;

  @Test
  void takesAnEighthOfWhatTheHeapLeaves() {
    assertThat(PageCache.recentBytes(4096 * MEGABYTE, 1024 * MEGABYTE)).isEqualTo(384 * MEGABYTE);
  }

  @Test
  void keepsWithinItsBounds() {
    assertThat(PageCache.recentBytes(0, 256 * MEGABYTE)).isEqualTo(16 * MEGABYTE);
    assertThat(PageCache.recentBytes(1 << 20, Long.MAX_VALUE)).isEqualTo(16 * MEGABYTE);
    assertThat(PageCache.recentBytes(Long.MAX_VALUE, MEGABYTE)).isEqualTo(8192 * MEGABYTE);
    assertThat(PageCache.recentBytes()).isBetween(16 * MEGABYTE, 8192 * MEGABYTE);
  }
}
