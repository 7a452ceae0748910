package dev.millrace.server.command;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.client.Cluster;
import dev.millrace.client.Delivery;
import dev.millrace.client.Producer;
import dev.millrace.wire.compress.Codec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace produce TOPIC [FILE]}: one record a line. */
@Command(
    name = "produce",
    description = "Write lines of standard input, or of files, as records to a topic.")
final class ProduceCommand extends Connected {
  private static final String ACKS_ALL = "all";
  private static final String ACKS_LEADER = "1";

  @Parameters(index = "0", paramLabel = "TOPIC", description = "The topic to write to.")
  private String topic = "";

  @Parameters(
      index = "1..*",
      paramLabel = "FILE",
      description = "Files to read; - is standard input.")
  private List<String> files = List.of();

  @Option(
      names = {"-k", "--key-separator"},
      paramLabel = "TEXT",
      description = "What stands between key and value; a line without it has no key.")
  private @Nullable String keySeparator;

  @Option(
      names = {"-p", "--partition"},
      paramLabel = "N",
      description = "Write to this partition (default: by key, else by turns).")
  private int partition = Producer.ANY_PARTITION;

  @Option(
      names = "--tombstones",
      description = "A key with an empty value deletes: the value is null.")
  private boolean tombstones;

  @Option(
      names = "--acks",
      paramLabel = "all|1",
      description = "Wait for all in-sync copies, or for the leader only (default: all).")
  private String acks = ACKS_ALL;

  @Option(
      names = {"-z", "--compression"},
      paramLabel = "CODEC",
      description = "none, gzip, snappy, lz4 or zstd (default: none).")
  private String compression = "none";

  @Override
  void run(Cluster cluster) {
    try (Producer producer = new Producer(cluster, delivery().compressed(codec()))) {
      for (String file : files.isEmpty() ? List.of("-") : files) {
        produceFile(producer, file);
      }
      producer.flush();
      say("produced " + producer.sent() + " records to " + topic);
    }
  }

  private Delivery delivery() {
    return switch (acks) {
      case ACKS_ALL, "-1" -> Delivery.SAFE;
      case ACKS_LEADER -> Delivery.LEADER_ONLY;
      default -> throw UserException.usage("--acks must be all or 1, got=" + acks);
    };
  }

  private Codec codec() {
    try {
      return Codec.valueOf(compression.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw UserException.usage(
          "--compression must be none, gzip, snappy, lz4 or zstd, got=" + compression);
    }
  }

  private void produceFile(Producer producer, String file) {
    try (InputStream in = "-".equals(file) ? System.in : Files.newInputStream(Path.of(file))) {
      produceLines(producer, new Lines(in));
    } catch (IOException e) {
      throw UserException.failed("can't read, file=" + file + " cause=" + e);
    }
  }

  private void produceLines(Producer producer, Lines lines) throws IOException {
    byte[] separator = keySeparator == null ? null : keySeparator.getBytes(StandardCharsets.UTF_8);
    while (true) {
      if (!lines.isMoreAtHand()) {
        producer.flush();
      }
      byte[] line = lines.next();
      if (line == null) {
        return;
      }
      produceLine(producer, line, separator);
    }
  }

  private void produceLine(Producer producer, byte[] line, byte @Nullable [] separator) {
    int at = separator == null ? -1 : Lines.indexOf(line, separator);
    if (separator == null || at < 0) {
      producer.send(topic, partition, null, Bytes.copyOf(line));
      return;
    }
    Bytes key = Lines.slice(line, 0, at);
    Bytes value = Lines.slice(line, at + separator.length, line.length);
    producer.send(topic, partition, key, tombstones && value.isEmpty() ? null : value);
  }
}
