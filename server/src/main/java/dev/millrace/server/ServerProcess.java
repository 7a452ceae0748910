package dev.millrace.server;

/** A node that is a process. */
final class ServerProcess {
  private ServerProcess() {}

  static void run(ServerOptions options) {
    System.out.println(WrittenSettings.of(options));
  }
}
