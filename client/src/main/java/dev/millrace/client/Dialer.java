package dev.millrace.client;

/** Opens connections. */
interface Dialer extends AutoCloseable {
  /**
   * Connects to a node.
   *
   * @throws ClientException when nobody listens there
   */
  Exchange dial(Endpoint endpoint, int timeoutMs);

  @Override
  void close();
}
