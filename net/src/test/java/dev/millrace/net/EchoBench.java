package dev.millrace.net;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;

/**
 * Round trips through a listener on loopback: latency of one connection, and the rate of many. Run
 * by hand; prints figures and judges nothing.
 */
final class EchoBench {
  private static final int LATENCY_ROUNDS = 200_000;
  private static final long RATE_NANOS = 5_000_000_000L;

  private EchoBench() {}

  @SuppressWarnings("SystemOut") // figures are what it is for
  public static void main(String[] args) throws Exception {
    int clientThreads = args.length > 0 ? Integer.parseInt(args[0]) : 2;
    try (Loops loops = Loops.start(LoopLimits.ofMachine());
        Listener listener =
            Listener.open(
                loops,
                new ListenerAddress("PLAINTEXT", "127.0.0.1", 0),
                Answers.ECHO,
                ListenerLimits.DEFAULT)) {
      for (int size : new int[] {64, 1024}) {
        latency(listener.address(), size, LATENCY_ROUNDS / 4);
        long[] nanos = latency(listener.address(), size, LATENCY_ROUNDS);
        System.out.printf(
            Locale.ROOT,
            "latency size=%d p50Us=%.1f p99Us=%.1f p999Us=%.1f%n",
            size,
            nanos[nanos.length / 2] / 1e3,
            nanos[(int) (nanos.length * 0.99)] / 1e3,
            nanos[(int) (nanos.length * 0.999)] / 1e3);
      }
      for (int connections : new int[] {32, 128}) {
        rate(listener.address(), connections, clientThreads, RATE_NANOS / 3);
        System.out.printf(
            Locale.ROOT,
            "rate connections=%d perSecond=%.0f%n",
            connections,
            rate(listener.address(), connections, clientThreads, RATE_NANOS));
      }
      for (int size : new int[] {16 << 10, 100_000, 1 << 20}) {
        rateOfLarge(listener.address(), size, RATE_NANOS / 3);
        System.out.printf(
            Locale.ROOT,
            "large size=%d mbPerSecond=%.0f%n",
            size,
            rateOfLarge(listener.address(), size, RATE_NANOS) / 1e6);
      }
    }
  }

  private static long[] latency(InetSocketAddress address, int size, int rounds)
      throws IOException {
    long[] nanos = new long[rounds];
    ByteBuffer buffer = request(size);
    try (SocketChannel channel = connect(address)) {
      for (int i = 0; i < rounds; i++) {
        long start = System.nanoTime();
        exchange(channel, buffer);
        nanos[i] = System.nanoTime() - start;
      }
    }
    Arrays.sort(nanos);
    return nanos;
  }

  /** Each thread keeps one request in work on each of its connections. */
  private static double rate(InetSocketAddress address, int connections, int threads, long nanos)
      throws Exception {
    LongAdder done = new LongAdder();
    long start = System.nanoTime();
    List<Thread> running = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      running.add(
          Thread.ofPlatform()
              .start(() -> hammer(address, connections / threads, start + nanos, done)));
    }
    for (Thread thread : running) {
      thread.join();
    }
    return done.sum() * 1e9 / (System.nanoTime() - start);
  }

  private static void hammer(InetSocketAddress address, int connections, long end, LongAdder done) {
    try {
      List<SocketChannel> channels = new ArrayList<>();
      for (int i = 0; i < connections; i++) {
        channels.add(connect(address));
      }
      ByteBuffer buffer = request(64);
      while (System.nanoTime() < end) {
        for (SocketChannel channel : channels) {
          channel.write(buffer.clear());
        }
        for (SocketChannel channel : channels) {
          readAll(channel, buffer.clear());
          done.increment();
        }
      }
      for (SocketChannel channel : channels) {
        channel.close();
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static double rateOfLarge(InetSocketAddress address, int size, long nanos)
      throws IOException {
    ByteBuffer buffer = request(size);
    long start = System.nanoTime();
    long bytes = 0;
    try (SocketChannel channel = connect(address)) {
      while (System.nanoTime() - start < nanos) {
        exchange(channel, buffer);
        bytes += size;
      }
    }
    return bytes * 1e9 / (System.nanoTime() - start);
  }

  private static void exchange(SocketChannel channel, ByteBuffer buffer) throws IOException {
    buffer.clear();
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
    readAll(channel, buffer.clear());
  }

  private static void readAll(SocketChannel channel, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        throw new IOException("connection was closed");
      }
    }
  }

  private static SocketChannel connect(InetSocketAddress address) throws IOException {
    SocketChannel channel = SocketChannel.open(address);
    channel.setOption(java.net.StandardSocketOptions.TCP_NODELAY, true);
    return channel;
  }

  private static ByteBuffer request(int size) {
    return ByteBuffer.allocateDirect(4 + size).putInt(0, size);
  }
}
