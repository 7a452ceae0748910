package dev.millrace.server.command.records;

import dev.millrace.client.Cluster;
import dev.millrace.client.Serializer;
import dev.millrace.client.producer.Producer;
import dev.millrace.client.producer.ProducerException;
import dev.millrace.client.producer.ProducerRecord;
import dev.millrace.server.command.schema.RegistryClient;
import dev.millrace.server.command.terminal.Connected;
import dev.millrace.server.command.terminal.Listing;
import dev.millrace.server.command.terminal.Stop;
import dev.millrace.server.command.terminal.UserException;
import dev.millrace.wire.records.RecordHeader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace produce TOPIC [FILE]}: one record a line. */
@Command(
    name = "produce",
    description = "Write lines of standard input, or of files, as records to a topic.")
public final class ProduceCommand extends Connected {
  private static final Duration FLUSH = Duration.ofSeconds(3);
  private static final String ACKS_ALL = "all";

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
  private @Nullable Integer partition;

  @Option(
      names = "--tombstones",
      description = "A key with an empty value deletes: the value is null.")
  private boolean tombstones;

  @Option(
      names = "--acks",
      paramLabel = "all|1|0",
      description =
          "Wait for all in-sync copies, for the leader only, or for nobody (default: all).")
  private String acks = ACKS_ALL;

  @Option(
      names = {"-z", "--compression"},
      paramLabel = "CODEC",
      description = "none, gzip, snappy, lz4 or zstd (default: none).")
  private String compression = "none";

  @Option(
      names = {"-H", "--header"},
      paramLabel = "KEY=VALUE",
      description = "A header of every record. May be repeated.")
  private List<String> headers = List.of();

  @Option(
      names = {"-X", "--setting"},
      paramLabel = "NAME=VALUE",
      description = "A setting of the producer, such as linger.ms=20. May be repeated.")
  private Map<String, String> more = new TreeMap<>();

  @Option(
      names = "--key-schema",
      paramLabel = "SUBJECT[:VERSION]",
      description = "Keys are JSON, written by this schema with its id.")
  private @Nullable String keySchema;

  @Option(
      names = "--value-schema",
      paramLabel = "SUBJECT[:VERSION]",
      description = "Values are JSON, written by this schema with its id.")
  private @Nullable String valueSchema;

  @Option(
      names = {"-r", "--registry"},
      paramLabel = "URL",
      defaultValue = "${env:MILLRACE_REGISTRY:-http://127.0.0.1:9644}",
      description = "Where schemas are found (default: ${DEFAULT-VALUE}).")
  private String registry = "";

  @Option(
      names = "--schema-header",
      description = "Put the schema's GUID into a header, instead of its id before the payload.")
  private boolean schemaHeader;

  private Payloads.@Nullable Encoding keys;
  private Payloads.@Nullable Encoding values;

  /** Done at the end of the input, or with the first record that is not taken. */
  private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();

  private List<RecordHeader> recordHeaders = List.of();
  private final LongAdder taken = new LongAdder();
  private volatile boolean isStopped;
  private long sent;

  @Override
  public void run(Cluster cluster) {
    recordHeaders = recordHeaders();
    keys = encoding(keySchema);
    values = encoding(valueSchema);
    try (Producer<byte[], byte[]> producer =
        Producer.open(settings(), Serializer.bytes(), Serializer.bytes())) {
      try (Stop _ = whenStopped(() -> stopped(producer))) {
        produce(producer);
      }
      say(Listing.count("produced", sent, "record") + " to " + topic);
    } catch (ProducerException e) {
      throw UserException.failed(String.valueOf(e.getMessage()));
    }
  }

  /** Whoever types the next line is not waited for when an earlier one is not taken. */
  private void produce(Producer<byte[], byte[]> producer) {
    Thread.ofPlatform().daemon().name("input").start(() -> read(producer));
    try {
      ended.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  private void read(Producer<byte[], byte[]> producer) {
    try {
      for (String file : files.isEmpty() ? List.of("-") : files) {
        produceFile(producer, file);
      }
      producer.flush();
      ended.complete(null);
    } catch (RuntimeException | Error e) {
      ended.completeExceptionally(e);
    }
  }

  /** Input is left where it is; what was read of it is written. */
  private void stopped(Producer<byte[], byte[]> producer) {
    isStopped = true;
    Thread flush = Thread.ofVirtual().start(producer::flush);
    try {
      boolean ignored = flush.join(FLUSH);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    say("stopped, " + Listing.count("produced", taken.sum(), "record") + " to " + topic);
  }

  private Payloads.@Nullable Encoding encoding(@Nullable String subject) {
    return subject == null
        ? null
        : new Payloads(RegistryClient.at(registry)).encoding(subject, schemaHeader);
  }

  private static byte @Nullable [] encoded(
      Payloads.@Nullable Encoding encoding, byte @Nullable [] text) {
    return encoding == null || text == null ? text : encoding.encoded(text);
  }

  private Map<String, Object> settings() {
    if (!List.of(ACKS_ALL, "-1", "1", "0").contains(acks)) {
      throw UserException.usage("--acks must be all, 1 or 0, got=" + acks);
    }
    Map<String, Object> settings = new TreeMap<>();
    settings.put("bootstrap.servers", bootstrap());
    settings.put("client.id", "millrace-cli");
    settings.put("acks", acks);
    settings.put("compression.type", codec());
    settings.put("max.block.ms", "10000");
    settings.putAll(more);
    return settings;
  }

  private String codec() {
    String name = compression.toLowerCase(Locale.ROOT);
    if (!List.of("none", "gzip", "snappy", "lz4", "zstd").contains(name)) {
      throw UserException.usage(
          "--compression must be none, gzip, snappy, lz4 or zstd, got=" + compression);
    }
    return name;
  }

  private List<RecordHeader> recordHeaders() {
    List<RecordHeader> made = new ArrayList<>();
    for (String header : headers) {
      int equals = header.indexOf('=');
      if (equals <= 0) {
        throw UserException.usage("--header must be KEY=VALUE, got=" + header);
      }
      byte[] value = header.substring(equals + 1).getBytes(StandardCharsets.UTF_8);
      made.add(new RecordHeader(header.substring(0, equals), ByteBuffer.wrap(value)));
    }
    return made;
  }

  private void produceFile(Producer<byte[], byte[]> producer, String file) {
    try (InputStream in = "-".equals(file) ? System.in : Files.newInputStream(Path.of(file))) {
      produceLines(producer, new Lines(in));
    } catch (IOException e) {
      throw UserException.unreadable(file, e);
    }
  }

  private void produceLines(Producer<byte[], byte[]> producer, Lines lines) throws IOException {
    byte[] separator = keySeparator == null ? null : keySeparator.getBytes(StandardCharsets.UTF_8);
    byte[] line = lines.next();
    while (line != null && !isStopped && !ended.isDone()) {
      produceLine(producer, line, separator);
      line = lines.next();
    }
  }

  private void produceLine(
      Producer<byte[], byte[]> producer, byte[] line, byte @Nullable [] separator) {
    int at = separator == null ? -1 : Lines.indexOf(line, separator);
    if (separator == null || at < 0) {
      send(producer, null, line);
      return;
    }
    byte[] key = Arrays.copyOf(line, at);
    byte[] value = Arrays.copyOfRange(line, at + separator.length, line.length);
    send(producer, key, tombstones && value.length == 0 ? null : value);
  }

  private void send(
      Producer<byte[], byte[]> producer, byte @Nullable [] key, byte @Nullable [] value) {
    producer.send(
        new ProducerRecord<>(
            topic,
            partition,
            null,
            encoded(keys, key),
            encoded(values, value),
            headers(key != null, value != null)),
        (delivered, refused) -> {
          if (refused != null) {
            ended.completeExceptionally(refused);
          } else {
            taken.increment();
          }
        });
    sent++;
  }

  /** Headers of all records, and those that name the schemas of this one. */
  private List<RecordHeader> headers(boolean hasKey, boolean hasValue) {
    if (!schemaHeader) {
      return recordHeaders;
    }
    List<RecordHeader> all = new ArrayList<>(recordHeaders);
    addSchema(all, Payloads.KEY_HEADER, hasKey ? keys : null);
    addSchema(all, Payloads.VALUE_HEADER, hasValue ? values : null);
    return all;
  }

  private static void addSchema(
      List<RecordHeader> all, String name, Payloads.@Nullable Encoding encoding) {
    ByteBuffer header = encoding == null ? null : encoding.header();
    if (header != null) {
      all.add(new RecordHeader(name, header));
    }
  }
}
