package dev.millrace.client;

import dev.millrace.wire.WireWriter;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;

/** x */
final class NetDialer implements Dialer {
  @Override
  public Exchange dial(Endpoint endpoint, int timeoutMs) {
    Socket s = new Socket();
    try {
      s.setTcpNoDelay(true);
      s.connect(new InetSocketAddress(endpoint.host(), endpoint.port()), timeoutMs);
      DataInputStream in = new DataInputStream(s.getInputStream());
      return new Exchange() {
        @Override
        public ByteBuffer send(WireWriter frame, int timeout) {
          try {
            s.setSoTimeout(timeout);
            ByteBuffer b = frame.buffer().duplicate().flip();
            int at = 0;
            for (WireWriter.External e : frame.externals()) {
              s.getOutputStream().write(b.array(), at, e.at() - at);
              at = e.at();
              ByteBuffer v = ((dev.millrace.wire.RecordBytes.InMemory) e.records()).view();
              byte[] x = new byte[v.remaining()];
              v.get(x);
              s.getOutputStream().write(x);
            }
            s.getOutputStream().write(b.array(), at, b.limit() - at);
            byte[] a = new byte[in.readInt()];
            in.readFully(a);
            return ByteBuffer.wrap(a);
          } catch (IOException e) {
            close();
            throw ClientException.broken("connection broke, node=" + endpoint + " cause=" + e, e);
          }
        }

        @Override
        public boolean isOpen() {
          return !s.isClosed();
        }

        @Override
        public void close() {
          try {
            s.close();
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        }
      };
    } catch (IOException e) {
      throw ClientException.broken("nobody listens, node=" + endpoint, e);
    }
  }

  @Override
  public void close() {}
}
