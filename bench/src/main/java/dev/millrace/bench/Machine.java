package dev.millrace.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * What a run was made on.
 *
 * @param processor its name as Linux tells it
 * @param cores that Java may use
 * @param memoryMb of the machine
 * @param system kernel
 * @param java version of the JDK that runs both brokers
 * @param loadAverage over the minute before the page was written
 */
record Machine(
    String processor, int cores, long memoryMb, String system, String java, double loadAverage) {

  static Machine here() {
    return new Machine(
        after(read("/proc/cpuinfo"), "model name"),
        Runtime.getRuntime().availableProcessors(),
        memoryMb(read("/proc/meminfo")),
        System.getProperty("os.name") + " " + System.getProperty("os.version"),
        Runtime.version().toString(),
        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
  }

  String text() {
    return String.format(
        Locale.ROOT,
        "%s, %d cores, %d MB of memory, %s, JDK %s, load average %.1f",
        processor,
        cores,
        memoryMb,
        system,
        java,
        loadAverage);
  }

  /** The text behind the colon of the first line that begins with {@code name}. */
  static String after(String text, String name) {
    return text.lines()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("unknown");
  }

  static long memoryMb(String meminfo) {
    String total = after(meminfo, "MemTotal").replace("kB", "").strip();
    return total.equals("unknown") ? 0 : Long.parseLong(total) / 1024;
  }

  private static String read(String file) {
    try {
      return Files.readString(Path.of(file));
    } catch (IOException e) {
      return "";
    }
  }
}
