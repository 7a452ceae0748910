package dev.millrace.bench.client;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import dev.millrace.bench.figure.LatencyHistogram;
import dev.millrace.bench.load.EventTexts;
import dev.millrace.bench.load.Pause;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * One client library at one task, in a JVM of its own:
 *
 * <pre>
 *   Driver own|apache produce|future|consume|read|latency|latency-as-is|first BOOTSTRAP TOPIC RECORDS BYTES CODEC
 * </pre>
 *
 * It prints one line: {@code result records=… seconds=… cpu=… allocated=… p50=… p99=…}.
 */
final class Driver {
  private static final int VALUES = 2_000;
  private static final int WARM_UPS = 4;
  private static final double LATENCY_RATE = 1_000;

  /** Of the fields of {@code /proc/PID/stat} behind the name. */
  private static final int START_TICKS = 19;

  private static final double TICKS_A_SECOND = 100;

  private final Library library;
  private final String bootstrap;
  private final String topic;
  private final long records;
  private final int bytes;
  private final String codec;

  private Driver(String[] words) {
    library = Library.of(words[0]);
    bootstrap = words[2];
    topic = words[3];
    records = Long.parseLong(words[4]);
    bytes = Integer.parseInt(words[5]);
    codec = words[6];
  }

  public static void main(String[] words) throws InterruptedException, IOException {
    Driver driver = new Driver(words);
    switch (words[1]) {
      case "produce" -> driver.produce(false);
      case "future" -> driver.produce(true);
      case "consume" -> driver.consume(false);
      case "read" -> driver.consume(true);
      case "latency" -> driver.latency(Map.of("linger.ms", "0"));
      case "latency-as-is" -> driver.latency(Map.of());
      case "first" -> driver.first();
      default -> throw new IllegalArgumentException("no such task, name=" + words[1]);
    }
  }

  private Map<String, String> writing() {
    return Map.of(
        "bootstrap.servers",
        bootstrap,
        "acks",
        "all",
        "compression.type",
        codec,
        "linger.ms",
        "5",
        "batch.size",
        "65536");
  }

  private Map<String, String> reading() {
    return Map.of("bootstrap.servers", bootstrap, "auto.offset.reset", "earliest");
  }

  private void produce(boolean withFuture) throws IOException, InterruptedException {
    byte[][] values = values();
    try (Library.Sending producer = library.producer(writing())) {
      for (int i = 0; i < WARM_UPS; i++) {
        send(producer, values, records / 2, withFuture);
      }
      Memory.settle(records * bytes);
      Account before = Account.now();
      send(producer, values, records, withFuture);
      before.report(records, "");
    }
  }

  private void send(Library.Sending producer, byte[][] values, long count, boolean withFuture) {
    long before = producer.acknowledged();
    for (long i = 0; i < count; i++) {
      byte[] value = values[(int) (i % VALUES)];
      if (withFuture) {
        producer.sendWithFuture(topic, value);
      } else {
        producer.send(topic, value);
      }
    }
    producer.flush();
    if (!withFuture && producer.acknowledged() - before != count) {
      throw new IllegalStateException(
          "records were lost, sent=" + count + " got=" + (producer.acknowledged() - before));
    }
  }

  private byte[][] values() {
    return EventTexts.lines(VALUES, 7).stream()
        .map(line -> Arrays.copyOf(line.getBytes(StandardCharsets.UTF_8), bytes))
        .toArray(byte[][]::new);
  }

  private void consume(boolean inPlace) {
    try (Library.Receiving consumer = library.consumer(reading(), topic)) {
      for (int i = 0; i < WARM_UPS; i++) {
        consumer.seekToBeginning();
        receive(consumer, records / 2, inPlace);
      }
      consumer.seekToBeginning();
      Account before = Account.now();
      receive(consumer, records, inPlace);
      before.report(records, "");
    }
  }

  private static void receive(Library.Receiving consumer, long count, boolean inPlace) {
    for (long got = 0; got < count; ) {
      got += inPlace ? consumer.read(1_000) : consumer.poll(1_000);
    }
  }

  /**
   * @param settings of the producer; all others have the library's defaults
   */
  private void latency(Map<String, String> settings) throws InterruptedException {
    LatencyHistogram warm = new LatencyHistogram();
    LatencyHistogram told = new LatencyHistogram();
    long warmUps = records / 2;
    Thread reader = Thread.ofPlatform().start(() -> listen(warm, warmUps, told));
    Map<String, String> writing = new HashMap<>(settings);
    writing.put("bootstrap.servers", bootstrap);
    try (Library.Sending producer = library.producer(writing)) {
      Pause.millis(1_500);
      pace(producer, warmUps);
      Account before = Account.now();
      pace(producer, records);
      reader.join();
      before.report(
          records,
          String.format(
              Locale.ROOT, " p50=%.3f p99=%.3f", told.millisAt(0.5), told.millisAt(0.99)));
    }
  }

  private void listen(LatencyHistogram warm, long warmUps, LatencyHistogram told) {
    try (Library.Receiving consumer = library.consumer(reading(), topic)) {
      consumer.seekToEnd();
      long all = warmUps + records;
      long[] got = {0};
      while (got[0] < all) {
        consumer.poll(
            100,
            due -> {
              long now = System.nanoTime();
              (got[0]++ < warmUps ? warm : told).record(now - due);
            });
      }
    }
  }

  private void pace(Library.Sending producer, long count) {
    long start = System.nanoTime();
    for (long i = 0; i < count; i++) {
      long due = start + (long) (i * 1e9 / LATENCY_RATE);
      Pause.until(due);
      byte[] value = new byte[bytes];
      ByteBuffer.wrap(value).putLong(due);
      producer.send(topic, value);
    }
    producer.flush();
  }

  private void first() throws IOException {
    try (Library.Sending producer = library.producer(Map.of("bootstrap.servers", bootstrap))) {
      producer.send(topic, "first".getBytes(StandardCharsets.UTF_8));
      producer.flush();
      System.out.printf(
          Locale.ROOT,
          "result records=1 seconds=%.3f cpu=%.3f allocated=%d%n",
          secondsOfLife(),
          Account.now().cpuNanos() / 1e9,
          Account.now().allocatedBytes());
    }
  }

  /**
   * Since the process began, from two figures that both count from the start of the system: the
   * JDK's knows that start by the second only.
   */
  private static double secondsOfLife() throws IOException {
    String stat = Files.readString(Path.of("/proc/self/stat"));
    String[] behindName = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    double begun = Long.parseLong(behindName[START_TICKS]) / TICKS_A_SECOND;
    String uptime = Files.readString(Path.of("/proc/uptime"));
    return Double.parseDouble(uptime.substring(0, uptime.indexOf(' '))) - begun;
  }

  /** What the process has used up to a moment. */
  private record Account(long nanos, long cpuNanos, long allocatedBytes) {
    static Account now() {
      OperatingSystemMXBean system =
          (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
      ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      return new Account(
          System.nanoTime(), system.getProcessCpuTime(), threads.getTotalThreadAllocatedBytes());
    }

    void report(long records, String more) {
      Account end = now();
      System.out.printf(
          Locale.ROOT,
          "result records=%d seconds=%.3f cpu=%.3f allocated=%d%s%n",
          records,
          (end.nanos - nanos) / 1e9,
          (end.cpuNanos - cpuNanos) / 1e9,
          end.allocatedBytes - allocatedBytes,
          more);
    }
  }
}
