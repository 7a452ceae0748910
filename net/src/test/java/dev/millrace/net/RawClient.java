package dev.millrace.net;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;

/** A client that says what it likes, byte by byte, and blocks while it reads. */
final class RawClient implements AutoCloseable {
  private static final int CONNECT_MS = 30_000;

  /** A test that hangs fails instead. */
  private static final int READ_MS = 60_000;

  private final Socket socket = new Socket();
  private final DataInputStream in;
  private final OutputStream out;

  RawClient(Listener listener) {
    this(listener, 0);
  }

  /**
   * @param receiveBufferBytes of the socket, 0 for the system's choice
   */
  RawClient(Listener listener, int receiveBufferBytes) {
    try {
      if (receiveBufferBytes > 0) {
        socket.setReceiveBufferSize(receiveBufferBytes);
      }
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(READ_MS);
      socket.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.address().getPort()),
          CONNECT_MS);
      in = new DataInputStream(socket.getInputStream());
      out = socket.getOutputStream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void send(byte[] bytes) {
    try {
      out.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void sendFrame(byte[] body) {
    send(frame(body));
  }

  /** The next frame's body. */
  byte[] readFrame() {
    try {
      byte[] body = new byte[in.readInt()];
      in.readFully(body);
      return body;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads until the peer has closed; returns the number of bytes that came before. */
  long readToEnd() {
    try {
      return in.transferTo(OutputStream.nullOutputStream());
    } catch (java.net.SocketException e) {
      return -1; // a reset is an end too
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void finishSending() {
    try {
      socket.shutdownOutput();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Closes with a reset instead of a farewell. */
  void reset() {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] frame(byte[] body) {
    return ByteBuffer.allocate(4 + body.length).putInt(body.length).put(body).array();
  }
}
