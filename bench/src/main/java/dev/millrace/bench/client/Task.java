package dev.millrace.bench.client;

import java.util.ArrayList;
import java.util.List;

/**
 * One thing that every client does.
 *
 * @param name the scenario it belongs to
 * @param work what a {@link Driver} is told to do
 * @param bytes of a value
 */
record Task(String name, String work, int bytes, String codec, long records) {
  private static final int KILOBYTE = 1024;

  /** All of them; {@code part} divides the work. */
  static List<Task> all(int part) {
    List<Task> tasks = new ArrayList<>();
    for (String codec : List.of("none", "lz4")) {
      tasks.add(new Task("client-produce", "produce", 100, codec, 4_000_000L / part));
      tasks.add(new Task("client-produce", "produce", KILOBYTE, codec, 800_000L / part));
    }
    tasks.add(new Task("client-produce", "future", 100, "none", 4_000_000L / part));
    for (String codec : List.of("none", "lz4")) {
      tasks.add(new Task("client-consume", "consume", 100, codec, 4_000_000L / part));
      tasks.add(new Task("client-consume", "consume", KILOBYTE, codec, 800_000L / part));
    }
    tasks.add(new Task("client-consume", "read", 100, "none", 4_000_000L / part));
    tasks.add(new Task("client-consume", "read", KILOBYTE, "none", 800_000L / part));
    tasks.add(new Task("client-latency", "latency", 100, "none", 10_000L / part));
    tasks.add(new Task("client-latency", "latency-as-is", 100, "none", 10_000L / part));
    tasks.add(new Task("client-start", "first", 5, "none", 1));
    return tasks;
  }

  boolean isReading() {
    return name.equals("client-consume");
  }

  boolean isWriting() {
    return name.equals("client-produce");
  }

  /** Whether {@code rdkafka_performance} can do it. */
  boolean isForAll() {
    return work.equals("produce") || work.equals("consume");
  }

  String title() {
    return switch (work) {
      case "future" -> "produce " + bytes + " B with a future each";
      case "read" -> "consume " + bytes + " B in place";
      case "latency" -> "end to end at 1000 records/s, linger.ms=0";
      case "latency-as-is" -> "end to end at 1000 records/s, default settings";
      case "first" -> "JVM start to first acknowledged record";
      default -> work + " " + bytes + " B " + (codec.equals("none") ? "plain" : codec);
    };
  }
}
