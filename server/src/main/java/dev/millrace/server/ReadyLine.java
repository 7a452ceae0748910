package dev.millrace.server;

/**
 * The one line that a server says on standard output, for people and scripts that wait for it.
 *
 * <pre>ready kafka=HOST:PORT http=HOST:PORT node=ID data=DIR in=SECONDS</pre>
 *
 * {@code http=none} where nothing is listened on.
 */
final class ReadyLine {
  private static final int MS_PER_SECOND = 1000;

  private ReadyLine() {}

  static String of(Node node) {
    long ms = ProcessAge.ms();
    String fraction = String.valueOf(MS_PER_SECOND + ms % MS_PER_SECOND).substring(1);
    return "ready kafka="
        + node.kafka()
        + " http="
        + (node.http() == null ? "none" : node.http().toString())
        + " node="
        + node.id()
        + " data="
        + node.data()
        + " in="
        + ms / MS_PER_SECOND
        + "."
        + fraction;
  }
}
