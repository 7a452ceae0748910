package dev.millrace.bench.process;

/**
 * What a line of {@code /proc/PID/stat} says about processor time.
 *
 * @param userTicks time in user mode of all threads, dead ones too, in clock ticks
 * @param systemTicks time in the kernel on the process's behalf, in clock ticks
 */
public record ProcStat(long userTicks, long systemTicks) {

  /** Clock ticks in a second: USER_HZ is 100 on every Linux that Java runs on. */
  private static final double TICKS_PER_SECOND = 100.0;

  /** Place of utime behind the process's name, counted from zero; stime follows it. */
  private static final int USER_TICKS_FIELD = 11;

  /** Reads a line; the name in its parentheses may itself hold spaces and parentheses. */
  public static ProcStat parse(String line) {
    int nameEnd = line.lastIndexOf(')');
    if (nameEnd < 0) {
      throw new IllegalArgumentException("not a line of /proc/PID/stat, line=" + line);
    }
    String[] fields = line.substring(nameEnd + 1).strip().split(" ", -1);
    if (fields.length <= USER_TICKS_FIELD + 1) {
      throw new IllegalArgumentException("line of /proc/PID/stat is short, line=" + line);
    }
    return new ProcStat(
        Long.parseLong(fields[USER_TICKS_FIELD]), Long.parseLong(fields[USER_TICKS_FIELD + 1]));
  }

  public double cpuSeconds() {
    return (userTicks + systemTicks) / TICKS_PER_SECOND;
  }
}
