package dev.millrace.server.command.records;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.client.Cluster;
import dev.millrace.client.ClusterView.Topic;
import dev.millrace.client.ReceivedRecord;
import dev.millrace.client.TopicPartition;
import dev.millrace.client.consumer.Consumer;
import dev.millrace.client.consumer.ConsumerException;
import dev.millrace.client.consumer.ConsumerRecord;
import dev.millrace.server.command.schema.RegistryClient;
import dev.millrace.server.command.terminal.Connected;
import dev.millrace.server.command.terminal.Json;
import dev.millrace.server.command.terminal.Times;
import dev.millrace.server.command.terminal.UserException;
import dev.millrace.wire.records.RecordHeader;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace consume TOPIC}: records as lines, bytes as they are. */
@Command(
    name = "consume",
    description = "Read records of a topic and print them; new ones only unless told otherwise.")
public final class ConsumeCommand extends Connected {
  private static final Duration POLL = Duration.ofMillis(500);
  private static final int OUTPUT_BYTES = 1 << 16;
  private static final int FOREVER = -1;

  @Parameters(index = "0", paramLabel = "TOPIC", description = "The topic to read.")
  private String topic = "";

  @Option(names = "--from-beginning", description = "Begin with the oldest record that is kept.")
  private boolean fromBeginning;

  @Option(names = "--offset", paramLabel = "N", description = "Begin with this offset.")
  private long offset = FOREVER;

  @Option(
      names = {"-p", "--partition"},
      paramLabel = "N",
      description = "Read this partition only. May be repeated.")
  private List<Integer> only = new ArrayList<>();

  @Option(
      names = {"-n", "--max"},
      paramLabel = "N",
      description = "End after so many records.")
  private long max = Long.MAX_VALUE;

  @Option(
      names = {"-e", "--until-end"},
      description = "End at what is the end of the topic when the command starts.")
  private boolean untilEnd;

  @Option(
      names = {"-f", "--format"},
      paramLabel = "TEXT",
      description = {
        "How a record is printed (default: %%v\\n):",
        "%%k key, %%v value, %%t topic, %%p partition, %%o offset, %%T timestamp, %%h headers,",
        "%%s schema of the value, %%S of the key (SUBJECT:VERSION, with --decode),",
        "%%%% a percent sign, \\n line feed, \\t tab."
      })
  private String format = "%v\\n";

  @Option(
      names = "--from-time",
      paramLabel = "TIME",
      description = "Begin with the first record that is not older: ISO 8601, or 15m, 2h, 3d ago.")
  private @Nullable String fromTime;

  @Option(
      names = {"-g", "--group"},
      paramLabel = "NAME",
      description = "Read as a member of this group, and commit what was printed.")
  private @Nullable String group;

  @Option(names = "--key", paramLabel = "TEXT", description = "Print records with this key only.")
  private @Nullable String key;

  @Option(
      names = "--grep",
      paramLabel = "REGEX",
      description = "Print records only where this is found in the value.")
  private @Nullable String grep;

  @Option(names = "--committed", description = "Leave out what transactions have not committed.")
  private boolean committedOnly;

  @Option(
      names = "--decode",
      description =
          "Print keys and values by the schema whose id they begin with, or whose id a header"
              + " holds.")
  private boolean decode;

  @Option(
      names = {"-r", "--registry"},
      paramLabel = "URL",
      defaultValue = "${env:MILLRACE_REGISTRY:-http://127.0.0.1:9644}",
      description = "Where schemas are found (default: ${DEFAULT-VALUE}).")
  private String registry = "";

  private @Nullable Payloads payloads;
  private long undecoded;
  private @Nullable Pattern wanted;

  @Override
  public void run(Cluster cluster) {
    checkOptions();
    payloads = decode ? new Payloads(RegistryClient.at(registry)) : null;
    List<TopicPartition> partitions = partitions(cluster.topic(topic, false));
    OutputStream out =
        new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), OUTPUT_BYTES);
    Consumer<Bytes, Bytes> consumer =
        Consumer.open(
            settings(), (from, bytes) -> Bytes.copyOf(bytes), (from, bytes) -> Bytes.copyOf(bytes));
    try (LeaveAtEnd leaving = LeaveAtEnd.of(consumer)) {
      leaving.begin();
      Map<TopicPartition, Long> ends = untilEnd ? consumer.endOffsets(partitions) : Map.of();
      if (group == null) {
        begin(consumer, partitions);
      } else {
        consumer.subscribe(List.of(topic));
      }
      copy(consumer, ends, out);
    } catch (IOException e) {
      return; // whoever read our output has gone, which ends the command as it ends any filter
    } catch (ConsumerException.Woken e) {
      return; // Ctrl-C
    } catch (ConsumerException e) {
      throw UserException.failed(String.valueOf(e.getMessage()));
    }
    if (undecoded > 0) {
      throw UserException.failed(undecoded + " keys or values do not fit their schemas");
    }
  }

  private void checkOptions() {
    RecordFormat ignored = RecordFormat.parse(format);
    if (max < 0) {
      throw UserException.usage("--max must be 0 or more, got=" + max);
    }
    try {
      wanted = grep == null ? null : Pattern.compile(grep);
    } catch (PatternSyntaxException e) {
      throw UserException.usage(
          "--grep is no regular expression: " + e.getDescription() + ", got=" + grep);
    }
    if (offset < FOREVER) {
      throw UserException.usage("--offset must be 0 or more, got=" + offset);
    }
    boolean chosen = offset >= 0 || fromTime != null || !only.isEmpty() || untilEnd;
    if (group != null && chosen) {
      throw UserException.usage(
          "--group goes on where the group is, without --offset, --from-time, --partition and"
              + " --until-end");
    }
  }

  private Map<String, Object> settings() {
    Map<String, Object> settings = new TreeMap<>();
    settings.put("bootstrap.servers", bootstrap());
    settings.put("client.id", "millrace-cli");
    settings.put("isolation.level", committedOnly ? "read_committed" : "read_uncommitted");
    settings.put("auto.offset.reset", fromBeginning ? "earliest" : "latest");
    settings.put("enable.auto.commit", "false");
    settings.put("allow.auto.create.topics", "false");
    if (group != null) {
      settings.put("group.id", group);
    }
    return settings;
  }

  private void begin(Consumer<Bytes, Bytes> consumer, List<TopicPartition> partitions) {
    consumer.assign(partitions);
    if (offset >= 0) {
      seek(consumer, partitions);
    } else if (fromTime != null) {
      consumer.seekToTime(partitions, Times.parse(fromTime, Instant.now()));
    } else if (fromBeginning) {
      consumer.seekToBeginning(partitions);
    } else {
      consumer.seekToEnd(partitions);
    }
  }

  /** Partitions that do not have the offset begin with the one next to it, if any other has it. */
  private void seek(Consumer<Bytes, Bytes> consumer, List<TopicPartition> partitions) {
    Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions);
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    boolean isSomewhere = false;
    for (TopicPartition partition : partitions) {
      long begin = begins.getOrDefault(partition, 0L);
      long end = ends.getOrDefault(partition, begin);
      isSomewhere |= offset >= begin && offset <= end;
      consumer.seek(partition, Math.clamp(offset, begin, Math.max(begin, end)));
    }
    if (!isSomewhere) {
      throw UserException.failed(
          "no partition has such an offset, offset="
              + offset
              + " begin="
              + begins
              + " end="
              + ends);
    }
  }

  private List<TopicPartition> partitions(Topic found) {
    int count = found.partitions().size();
    List<TopicPartition> partitions = new ArrayList<>();
    for (int index = 0; index < count; index++) {
      if (only.isEmpty() || only.contains(index)) {
        partitions.add(new TopicPartition(topic, index));
      }
    }
    for (int wanted : only) {
      if (wanted < 0 || wanted >= count) {
        throw UserException.failed(
            "topic has no such partition, topic="
                + topic
                + " partition="
                + wanted
                + " partitions="
                + count);
      }
    }
    return partitions;
  }

  private void copy(
      Consumer<Bytes, Bytes> consumer, Map<TopicPartition, Long> ends, OutputStream out)
      throws IOException {
    RecordFormat line = RecordFormat.parse(format);
    Audience audience = new Audience();
    long printed = 0;
    while (printed < max && !(untilEnd && isAtEnd(consumer, ends))) {
      long before = printed;
      Map<TopicPartition, Long> done = new TreeMap<>();
      for (ConsumerRecord<Bytes, Bytes> found : consumer.poll(POLL)) {
        Long end = ends.get(found.partition());
        if (printed == max) {
          break;
        }
        if (isWanted(found) && (end == null || found.offset() < end)) {
          print(printed(found), line, out);
          printed++;
        }
        done.put(found.partition(), found.offset() + 1);
      }
      out.flush();
      if (group != null && !done.isEmpty()) {
        consumer.commit(done);
      }
      if (printed == before && audience.isGone()) {
        return;
      }
    }
  }

  private boolean isWanted(ConsumerRecord<Bytes, Bytes> found) {
    Bytes itsKey = found.key();
    Bytes value = found.value();
    boolean keyFits = key == null || (itsKey != null && itsKey.utf8().equals(key));
    return keyFits && (wanted == null || (value != null && wanted.matcher(value.utf8()).find()));
  }

  /** A record as it is printed, and the schemas of its key and value. */
  private record Printed(ReceivedRecord record, Payloads.Decoded key, Payloads.Decoded value) {}

  private Printed printed(ConsumerRecord<Bytes, Bytes> found) {
    List<ReceivedRecord.Header> headers = new ArrayList<>();
    for (RecordHeader header : found.headers()) {
      ByteBuffer value = header.value();
      headers.add(
          new ReceivedRecord.Header(header.key(), value == null ? null : Bytes.copyOf(value)));
    }
    Payloads.Decoded key = decoded(found, found.key(), headers, true);
    Payloads.Decoded value = decoded(found, found.value(), headers, false);
    return new Printed(
        new ReceivedRecord(
            found.partition(),
            found.offset(),
            found.timestampMs(),
            key.text(),
            value.text(),
            headers),
        key,
        value);
  }

  /** What does not fit its schema is printed as it is, and told. */
  private Payloads.Decoded decoded(
      ConsumerRecord<Bytes, Bytes> found,
      @Nullable Bytes payload,
      List<ReceivedRecord.Header> headers,
      boolean isKey) {
    Payloads reading = payloads;
    if (reading == null) {
      return new Payloads.Decoded(payload, "", null);
    }
    String subject = topic + (isKey ? "-key" : "-value");
    String header = isKey ? Payloads.KEY_HEADER : Payloads.VALUE_HEADER;
    Payloads.Decoded decoded = reading.decoded(payload, subject, headers, header);
    if (decoded.fault() != null) {
      undecoded++;
      say(
          (isKey ? "key" : "value")
              + " is not decoded, partition="
              + found.partition().partition()
              + " offset="
              + found.offset()
              + " "
              + decoded.fault());
    }
    return decoded;
  }

  /** Whether all is read up to those ends; what is read leaves the assignment. */
  private static boolean isAtEnd(Consumer<Bytes, Bytes> consumer, Map<TopicPartition, Long> ends) {
    Set<TopicPartition> left = consumer.assignment();
    boolean some =
        left.removeIf(
            partition -> consumer.position(partition) >= ends.getOrDefault(partition, 0L));
    if (some && !left.isEmpty()) {
      consumer.assign(left);
    }
    return left.isEmpty();
  }

  private void print(Printed found, RecordFormat line, OutputStream out) throws IOException {
    if (isJson()) {
      out.write((Json.text(json(found)) + "\n").getBytes(StandardCharsets.UTF_8));
    } else {
      line.print(found.record(), found.key().schema(), found.value().schema(), out);
    }
  }

  private static Map<String, @Nullable Object> json(Printed printed) {
    ReceivedRecord found = printed.record();
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("topic", found.partition().topic());
    json.put("partition", found.partition().partition());
    json.put("offset", found.offset());
    json.put("timestamp", found.timestampMs());
    put(json, "key", found.key());
    put(json, "value", found.value());
    List<Object> headers = new ArrayList<>();
    for (ReceivedRecord.Header header : found.headers()) {
      Map<String, @Nullable Object> entry = new LinkedHashMap<>();
      entry.put("key", header.key());
      put(entry, "value", header.value());
      headers.add(entry);
    }
    json.put("headers", headers);
    putUnlessEmpty(json, "keySchema", printed.key().schema());
    putUnlessEmpty(json, "valueSchema", printed.value().schema());
    putUnlessEmpty(json, "keyFault", printed.key().fault());
    putUnlessEmpty(json, "valueFault", printed.value().fault());
    return json;
  }

  private static void putUnlessEmpty(
      Map<String, @Nullable Object> json, String name, @Nullable String value) {
    if (value != null && !value.isEmpty()) {
      json.put(name, value);
    }
  }

  /** As text; bytes that are none go into a field of their own, so that nothing is lost. */
  public static void put(Map<String, @Nullable Object> json, String name, @Nullable Bytes bytes) {
    String text = bytes == null ? null : bytes.utf8();
    if (bytes == null || text == null || isText(text, bytes)) {
      json.put(name, text);
    } else {
      json.put(name + "Base64", Base64.getEncoder().encodeToString(bytes.toArray()));
    }
  }

  private static boolean isText(String text, Bytes bytes) {
    return text.indexOf('\uFFFD') < 0
        || Arrays.equals(text.getBytes(StandardCharsets.UTF_8), bytes.toArray());
  }
}
