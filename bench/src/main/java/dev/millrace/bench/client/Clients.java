package dev.millrace.bench.client;

import dev.millrace.bench.contender.MillraceDistribution;
import dev.millrace.bench.contender.Node;
import dev.millrace.bench.contender.Order;
import dev.millrace.bench.contender.Stand;
import dev.millrace.bench.figure.Contender;
import dev.millrace.bench.figure.Samples;
import dev.millrace.bench.load.Topics;
import dev.millrace.bench.process.Children;
import dev.millrace.bench.process.Folders;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * The program behind {@code ./dev bench clients [--rounds N] [--quick] [--only NAME,...] [--rows
 * TEXT] [--place DIR]}: each round gives every task to every client in turn, on one node that keeps
 * what it is sent in the page cache. It prints a table of medians. {@code --rows} takes the tasks
 * whose titles contain the text.
 */
public final class Clients {
  private static final int QUICK_PART = 4;
  private static final String WRITTEN = "written-";

  private final ClientRuns runs;
  private final List<Task> tasks;
  private final Map<String, Map<String, Samples>> samples = new LinkedHashMap<>();

  private Clients(ClientRuns runs, List<Task> tasks) {
    this.runs = runs;
    this.tasks = tasks;
  }

  public static void main(String[] words) {
    List<String> arguments = Arrays.asList(words);
    int part = arguments.contains("--quick") ? QUICK_PART : 1;
    String only = after(arguments, "--only", "");
    String rows = after(arguments, "--rows", "");
    List<Task> tasks =
        Task.all(part).stream()
            .filter(task -> only.isEmpty() || List.of(only.split(",", -1)).contains(task.name()))
            .filter(task -> task.title().contains(rows))
            .toList();
    if (tasks.isEmpty()) {
      System.err.println(
          "bench: nothing is named "
              + (only + " " + rows).strip()
              + "; client-produce, client-consume, client-latency and client-start are there");
      System.exit(2);
    }
    Children children = new Children();
    try (Stand stand =
        new Stand(
            place(after(arguments, "--place", "")).resolve(Folders.ofThisProcess("nodes")),
            children)) {
      stand.offer(
          Contender.MEMORY,
          new MillraceDistribution(Path.of(System.getProperty("millrace.bench.launcher", ""))));
      try (Node node = stand.ready(Contender.MEMORY, order())) {
        ClientRuns runs = new ClientRuns(stand, node);
        int rounds = Integer.parseInt(after(arguments, "--rounds", "3"));
        System.out.print(new Clients(runs, tasks).run(rounds));
      }
    }
    System.exit(0);
  }

  /**
   * Where the node's files are: on the disk by default, whose page cache has larger pages than a
   * file system in memory.
   */
  private static Path place(String wanted) {
    return wanted.isEmpty()
        ? Path.of(System.getProperty("millrace.bench.root", "."), "bench", "target")
        : Path.of(wanted);
  }

  /** What was written long ago goes away, but for what is to be read: a run needs little room. */
  private static Order order() {
    return Order.plain()
        .with("log.retention.bytes=200000000")
        .with("log.segment.bytes=50000000")
        .with("log.retention.check.interval.ms=200")
        .with("log.segment.delete.delay.ms=0");
  }

  private static String after(List<String> words, String name, String otherwise) {
    int at = words.indexOf(name);
    return at >= 0 && at + 1 < words.size() ? words.get(at + 1) : otherwise;
  }

  private String run(int rounds) {
    for (int round = 0; round < rounds; round++) {
      for (Task task : tasks) {
        one(task, round);
      }
    }
    return table();
  }

  private void one(Task task, int round) {
    String topic = topic(task, round);
    List<String> clients = new ArrayList<>(List.of("apache", "own"));
    if (task.isForAll()) {
      clients.add("librdkafka");
    }
    if (round % 2 == 1) {
      clients = clients.reversed();
    }
    for (String client : clients) {
      Measured measured =
          client.equals("librdkafka") ? runs.rdkafka(task, topic) : runs.java(client, task, topic);
      note(task, client, measured);
    }
    if (!task.isReading()) {
      Topics.delete(runs.bootstrap(), topic);
    }
  }

  /** Readers of a kind share what was written once; everybody else has a fresh topic. */
  private String topic(Task task, int round) {
    boolean isShared = task.isReading();
    String topic =
        isShared
            ? WRITTEN + task.bytes() + "-" + task.codec()
            : task.name() + "-" + task.work() + "-" + task.bytes() + "-" + task.codec() + round;
    if (runs.isNew(topic)) {
      Topics.create(runs.bootstrap(), topic, 1);
      if (isShared) {
        Topics.alter(runs.bootstrap(), topic, Map.of("retention.bytes", "-1"));
        Task fill =
            new Task(task.name(), "produce", task.bytes(), task.codec(), task.records() / 2);
        runs.java("own", fill, topic);
      }
    }
    return topic;
  }

  private void note(Task task, String client, Measured measured) {
    if (task.isReading() || task.isWriting()) {
      add(task, "thousand records/s", client, measured, m -> m.recordsPerSecond() / 1e3);
      add(task, "CPU s/million", client, measured, Measured::cpuPerMillion);
      add(task, "B allocated/record", client, measured, Measured::bytesPerRecord);
    } else if (task.name().equals("client-latency")) {
      add(task, "p50 ms", client, measured, m -> m.of("p50"));
      add(task, "p99 ms", client, measured, m -> m.of("p99"));
    } else {
      add(task, "seconds", client, measured, m -> m.of("seconds"));
      add(task, "CPU seconds", client, measured, m -> m.of("cpu"));
      add(task, "MB of jars", client, measured, m -> runs.jarMegabytes(client));
    }
  }

  private void add(
      Task task, String unit, String client, Measured measured, ToDoubleFunction<Measured> value) {
    double number = value.applyAsDouble(measured);
    if (!Double.isNaN(number)) {
      String row = task.title() + ", " + unit;
      samples
          .computeIfAbsent(row, name -> new LinkedHashMap<>())
          .computeIfAbsent(client, name -> new Samples())
          .add(number);
      System.out.printf(Locale.ROOT, "   %-52s %-12s %12.3f%n", row, client, number);
    }
  }

  private String table() {
    StringBuilder table =
        new StringBuilder(
            """

            | | kafka-clients | Millrace | librdkafka | Millrace : kafka-clients |
            |---|---|---|---|---|
            """);
    samples.forEach((row, byClient) -> {
      double apache = median(byClient, "apache");
      double own = median(byClient, "own");
      double rdkafka = median(byClient, "librdkafka");
      table.append(
          String.format(
              Locale.ROOT,
              "| %s | %.3g | %.3g | %s | %.2f × |%n",
              row,
              apache,
              own,
              Double.isNaN(rdkafka) ? "" : String.format(Locale.ROOT, "%.3g", rdkafka),
              own / apache));
    });
    return table.toString();
  }

  private static double median(Map<String, Samples> byClient, String client) {
    Samples found = byClient.get(client);
    return found == null ? Double.NaN : found.median();
  }
}
