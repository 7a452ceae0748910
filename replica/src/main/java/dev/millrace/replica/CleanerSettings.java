package dev.millrace.replica;

import dev.millrace.base.settings.BrokerSettings;

/**
 * The settings of a broker that concern its cleaners; read again for each compaction.
 *
 * @param threads {@code log.cleaner.threads}: so many logs are compacted at once
 * @param keyBytesMax {@code log.cleaner.dedupe.buffer.size}: memory for keys, of all threads
 * @param keyLoadFactor {@code log.cleaner.io.buffer.load.factor}: how full that memory may be
 * @param bufferBytes {@code log.cleaner.io.buffer.size}: for reading and writing, of all threads
 * @param bytesPerSecond {@code log.cleaner.io.max.bytes.per.second}: read and written, of all
 *     threads
 * @param backoffMs {@code log.cleaner.backoff.ms}: a look for work after so long without any
 */
record CleanerSettings(
    int threads,
    long keyBytesMax,
    double keyLoadFactor,
    int bufferBytes,
    double bytesPerSecond,
    long backoffMs) {
  /** More threads would only wait for the disk. */
  static final int THREADS_MAX = 4;

  static CleanerSettings of(BrokerSettings settings) {
    return new CleanerSettings(
        Math.min(settings.intValue("log.cleaner.threads"), THREADS_MAX),
        settings.longValue("log.cleaner.dedupe.buffer.size"),
        settings.doubleValue("log.cleaner.io.buffer.load.factor"),
        settings.intValue("log.cleaner.io.buffer.size"),
        settings.doubleValue("log.cleaner.io.max.bytes.per.second"),
        settings.longValue("log.cleaner.backoff.ms"));
  }

  /** Memory for the keys of one thread. */
  long keyBytesOfOne() {
    return keyBytesMax / Math.max(threads, 1);
  }

  /** Memory for reading, or for writing, of one thread. */
  int bufferBytesOfOne() {
    return bufferBytes / Math.max(threads, 1) / 2;
  }

  /** What one thread may read and write. */
  double bytesPerSecondOfOne() {
    return bytesPerSecond / Math.max(threads, 1);
  }
}
