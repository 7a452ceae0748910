package dev.millrace.net;

import dev.millrace.base.disk.Disk.Access;
import dev.millrace.base.disk.DiskFile;
import dev.millrace.base.disk.FileDisk;
import dev.millrace.base.disk.FileRegion;
import dev.millrace.wire.RecordBytes;
import dev.millrace.wire.WireWriter;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
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

  private static final int FETCHED_FILE_BYTES = 1 << 20;

  private EchoBench() {}

  @SuppressWarnings("SystemOut") // figures are what it is for
  public static void main(String[] args) throws Exception {
    if (args.length > 0 && args[0].equals("fetch")) {
      fetch();
      return;
    }
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
        long cpuNanos = loopCpuNanos();
        double perSecond = rate(listener.address(), connections, clientThreads, RATE_NANOS);
        double requests = perSecond * RATE_NANOS / 1e9;
        System.out.printf(
            Locale.ROOT,
            "rate connections=%d perSecond=%.0f loopCpuUsPerRequest=%.2f%n",
            connections,
            perSecond,
            (loopCpuNanos() - cpuNanos) / requests / 1e3);
      }
      for (int size : new int[] {16 << 10, 100_000, 1 << 20}) {
        large("echo", listener.address(), size, size);
      }
    }
    FrameHandler sink = (connection, frame, reply) -> reply.send(Answers.of(frame.getInt(0)));
    try (Loops loops = Loops.start(LoopLimits.ofMachine());
        Listener listener =
            Listener.open(
                loops,
                new ListenerAddress("PLAINTEXT", "127.0.0.1", 0),
                sink,
                ListenerLimits.DEFAULT)) {
      for (int size : new int[] {16 << 10, 100_000, 1 << 20}) {
        large("sink", listener.address(), size, Integer.BYTES);
      }
    }
    fetch();
  }

  /** Replies with regions of a file that is in the page cache. */
  @SuppressWarnings("SystemOut") // figures are what it is for
  private static void fetch() throws IOException {
    Path path = Files.createTempFile("fetch", ".bench");
    Files.write(path, new byte[FETCHED_FILE_BYTES]);
    try (DiskFile file = FileDisk.INSTANCE.open(path, Access.READ);
        Loops loops = Loops.start(LoopLimits.ofMachine());
        Listener listener =
            Listener.open(
                loops,
                new ListenerAddress("PLAINTEXT", "127.0.0.1", 0),
                (connection, frame, reply) -> reply.send(region(file, frame.remaining())),
                ListenerLimits.DEFAULT)) {
      for (int size : new int[] {2000, 8000, 16_000, 32_000, 64_000, 100_000, 1 << 20}) {
        fetchRate(listener.address(), size, RATE_NANOS / 10);
        long cpuNanos = loopCpuNanos();
        long fetches = fetchRate(listener.address(), size, RATE_NANOS / 2);
        double cpuUs = (loopCpuNanos() - cpuNanos) / 1e3;
        System.out.printf(
            Locale.ROOT, "fetch size=%d loopCpuUsPerFetch=%.1f%n", size, cpuUs / fetches);
      }
    } finally {
      Files.delete(path);
    }
  }

  /** A region whose size comes in the length of the request: 1 byte stands for 1000. */
  private static WireWriter region(DiskFile file, int thousands) {
    int size = Math.min(thousands * 1000, FETCHED_FILE_BYTES);
    return Answers.of(new byte[0], RecordBytes.of(new FileRegion(file, 0, size)), new byte[0]);
  }

  private static long fetchRate(InetSocketAddress address, int size, long nanos)
      throws IOException {
    ByteBuffer request = request(size / 1000);
    int replyBytes = 4 + 4 + Math.min(size / 1000 * 1000, FETCHED_FILE_BYTES);
    ByteBuffer reply = ByteBuffer.allocateDirect(replyBytes);
    long start = System.nanoTime();
    long fetches = 0;
    try (SocketChannel channel = connect(address)) {
      while (System.nanoTime() - start < nanos) {
        channel.write(request.clear());
        readAll(channel, reply.clear());
        fetches++;
      }
    }
    return fetches;
  }

  @SuppressWarnings("SystemOut") // figures are what it is for
  private static void large(String what, InetSocketAddress address, int size, int replySize)
      throws IOException {
    rateOfLarge(address, size, replySize, RATE_NANOS / 3);
    long cpuNanos = loopCpuNanos();
    double perSecond = rateOfLarge(address, size, replySize, RATE_NANOS) / 1e6;
    double megabytes = perSecond * RATE_NANOS / 1e9;
    System.out.printf(
        Locale.ROOT,
        "%s size=%d mbPerSecond=%.0f loopCpuUsPerMb=%.0f%n",
        what,
        size,
        perSecond,
        (loopCpuNanos() - cpuNanos) / megabytes / 1e3);
  }

  /** Processor time of all loops so far, as Linux counts it. */
  private static long loopCpuNanos() throws IOException {
    long nanos = 0;
    try (DirectoryStream<Path> tasks = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
      for (Path task : tasks) {
        nanos += loopCpuNanos(task);
      }
    }
    return nanos;
  }

  private static long loopCpuNanos(Path task) throws IOException {
    try {
      boolean isLoop = Files.readString(task.resolve("comm")).startsWith("loop-");
      String times = isLoop ? Files.readString(task.resolve("schedstat")) : "0 ";
      return Long.parseLong(times.substring(0, times.indexOf(' ')));
    } catch (NoSuchFileException e) {
      return 0; // the thread has ended
    }
  }

  private static long[] latency(InetSocketAddress address, int size, int rounds)
      throws IOException {
    long[] nanos = new long[rounds];
    ByteBuffer buffer = request(size);
    try (SocketChannel channel = connect(address)) {
      for (int i = 0; i < rounds; i++) {
        long start = System.nanoTime();
        exchange(channel, buffer, size);
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

  private static double rateOfLarge(InetSocketAddress address, int size, int replySize, long nanos)
      throws IOException {
    ByteBuffer buffer = request(size);
    long start = System.nanoTime();
    long bytes = 0;
    try (SocketChannel channel = connect(address)) {
      while (System.nanoTime() - start < nanos) {
        exchange(channel, buffer, replySize);
        bytes += size;
      }
    }
    return bytes * 1e9 / (System.nanoTime() - start);
  }

  private static void exchange(SocketChannel channel, ByteBuffer buffer, int replySize)
      throws IOException {
    buffer.clear().putInt(0, buffer.capacity() - Integer.BYTES);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
    readAll(channel, buffer.clear().limit(Integer.BYTES + replySize));
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
