package dev.millrace.bench.client;

import dev.millrace.bench.contender.Node;
import dev.millrace.bench.contender.Stand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Clients in processes of their own against one node. */
final class ClientRuns {
  private static final double MEGA = 1e6;

  /** What the shell's {@code times} says of its children, in its second line. */
  private static final Pattern TIMES = Pattern.compile("(\\d+)m([0-9.]+)s (\\d+)m([0-9.]+)s\\s*$");

  private static final Pattern RDKAFKA =
      Pattern.compile("(\\d+) (?:delivered|messages).* in (\\d+)ms");

  private final Stand stand;
  private final Node node;
  private final Set<String> topics = new HashSet<>();

  ClientRuns(Stand stand, Node node) {
    this.stand = stand;
    this.node = node;
  }

  String bootstrap() {
    return node.bootstrap();
  }

  /** Whether nobody has asked for this topic before. */
  boolean isNew(String topic) {
    return topics.add(topic);
  }

  /** A Java client; only its own jars are on its class path. */
  Measured java(String client, Task task, String topic) {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home", ""), "bin", "java").toString(),
            "-Xmx512m",
            "-XX:+UseSerialGC",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path", ""),
            Driver.class.getName(),
            client,
            task.work(),
            node.bootstrap(),
            topic,
            Long.toString(task.records()),
            Integer.toString(task.bytes()),
            task.codec());
    return Measured.parse(output(command));
  }

  /**
   * {@code rdkafka_performance}: no warm-up, it is compiled. Its values are one text over and over,
   * which stays in the processor's cache and compresses better than what the others send; it is
   * told to copy each, as they do.
   */
  Measured rdkafka(Task task, String topic) {
    List<String> words =
        new ArrayList<>(
            List.of(
                System.getProperty("millrace.bench.rdkafka", ""),
                task.isReading() ? "-C" : "-P",
                "-q",
                "-b",
                node.bootstrap(),
                "-t",
                topic,
                "-p",
                "0",
                "-c",
                Long.toString(task.records()),
                "-i",
                "60000"));
    words.addAll(
        task.isReading()
            ? List.of("-o", "beginning")
            : List.of(
                "-D",
                "-a",
                "-1",
                "-s",
                Integer.toString(task.bytes()),
                "-z",
                task.codec(),
                "-X",
                "batch.size=65536",
                "-X",
                "linger.ms=5"));
    if (!task.isReading()) {
      Memory.settle(task.records() * task.bytes());
    }
    String output = output(List.of("sh", "-c", String.join(" ", words) + "; times"));
    Matcher times = TIMES.matcher(output.strip());
    Matcher done = RDKAFKA.matcher(output);
    if (!times.find()) {
      throw new IllegalStateException("the shell told no times: " + output.strip());
    }
    double seconds = Double.NaN;
    double records = Double.NaN;
    while (done.find()) {
      records = Double.parseDouble(done.group(1));
      seconds = Double.parseDouble(done.group(2)) / 1e3;
    }
    double cpu =
        60 * (Double.parseDouble(times.group(1)) + Double.parseDouble(times.group(3)))
            + Double.parseDouble(times.group(2))
            + Double.parseDouble(times.group(4));
    return new Measured(Map.of("records", records, "seconds", seconds, "cpu", cpu));
  }

  /** The jars that a program with this client needs, with the compression libraries of both. */
  double jarMegabytes(String client) {
    Pattern needed =
        Pattern.compile(
            client.equals("own")
                ? "millrace-(base|wire|net|client)-.*"
                : "(kafka-clients|slf4j-api)-.*");
    Path folder = Path.of(System.getProperty("millrace.bench.root", "."), "bench/target/lib");
    try (Stream<Path> jars = Files.list(folder)) {
      return jars.filter(jar -> needed.matcher(jar.getFileName().toString()).matches())
              .mapToLong(jar -> jar.toFile().length())
              .sum()
          / MEGA;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list " + folder, e);
    }
  }

  private String output(List<String> command) {
    Path folder = stand.freshFolder("client");
    Path log = folder.resolve("client.log");
    try {
      int exit = stand.children().start(command, Map.of(), folder, log).waitFor();
      String text = Files.readString(log);
      if (exit != 0) {
        throw new IllegalStateException("client failed, exit=" + exit + ": " + text.strip());
      }
      return text;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + log, e);
    }
  }
}
