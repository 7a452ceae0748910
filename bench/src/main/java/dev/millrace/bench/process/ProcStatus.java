package dev.millrace.bench.process;

/**
 * What {@code /proc/PID/status} says about size.
 *
 * @param rssKib resident memory, anonymous and of mapped files, in KiB
 * @param threads kernel threads of the process
 */
public record ProcStatus(long rssKib, int threads) {

  public static ProcStatus parse(String text) {
    return new ProcStatus(field(text, "VmRSS:"), (int) field(text, "Threads:"));
  }

  public double rssMb() {
    return rssKib / 1024.0;
  }

  private static long field(String text, String name) {
    for (String line : text.split("\n", -1)) {
      if (line.startsWith(name)) {
        String[] words = line.substring(name.length()).strip().split("\\s+", -1);
        return Long.parseLong(words[0]);
      }
    }
    throw new IllegalArgumentException("no field " + name + " in /proc/PID/status");
  }
}
