package dev.millrace.client;

/** x */
final class NetDialer implements Dialer {
  @Override
  public Exchange dial(Endpoint endpoint, int timeoutMs) {
    throw ClientException.broken("nobody listens, node=" + endpoint, null);
  }

  @Override
  public void close() {}
}
