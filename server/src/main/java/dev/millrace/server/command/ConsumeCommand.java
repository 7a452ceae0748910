package dev.millrace.server.command;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.client.Cluster;
import dev.millrace.client.ClusterView.Topic;
import dev.millrace.client.Consumer;
import dev.millrace.client.Offsets;
import dev.millrace.client.ReceivedRecord;
import dev.millrace.client.TopicPartition;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace consume TOPIC}: records as lines, bytes as they are. */
@Command(
    name = "consume",
    description = "Read records of a topic and print them; new ones only unless told otherwise.")
final class ConsumeCommand extends Connected {
  private static final int POLL_MS = 500;
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
        "%%%% a percent sign, \\n line feed, \\t tab."
      })
  private String format = "%v\\n";

  @Override
  void run(Cluster cluster) {
    List<TopicPartition> partitions = partitions(cluster.topic(topic, false));
    Consumer consumer = new Consumer(cluster);
    Offsets offsets = new Offsets(cluster);
    offsets
        .at(fromBeginning ? Offsets.EARLIEST : Offsets.LATEST, partitions)
        .forEach((partition, start) -> consumer.seek(partition, offset >= 0 ? offset : start));
    Map<TopicPartition, Long> ends = untilEnd ? offsets.at(Offsets.LATEST, partitions) : Map.of();
    OutputStream out =
        new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), OUTPUT_BYTES);
    try {
      copy(consumer, ends, out);
    } catch (IOException e) {
      return; // whoever read our output has gone, which ends the command as it ends any filter
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

  private void copy(Consumer consumer, Map<TopicPartition, Long> ends, OutputStream out)
      throws IOException {
    RecordFormat line = RecordFormat.parse(format);
    long printed = 0;
    while (printed < max && !(untilEnd && isAtEnd(consumer, ends))) {
      for (ReceivedRecord found : consumer.poll(POLL_MS)) {
        Long end = ends.get(found.partition());
        if (printed == max) {
          break;
        }
        if (end == null || found.offset() < end) {
          print(found, line, out);
          printed++;
        }
      }
      out.flush();
    }
  }

  private static boolean isAtEnd(Consumer consumer, Map<TopicPartition, Long> ends) {
    consumer
        .positions()
        .forEach((partition, position) -> {
          if (position >= ends.getOrDefault(partition, 0L)) {
            consumer.leave(partition);
          }
        });
    return consumer.positions().isEmpty();
  }

  private void print(ReceivedRecord found, RecordFormat line, OutputStream out) throws IOException {
    if (isJson()) {
      out.write((Json.text(json(found)) + "\n").getBytes(StandardCharsets.UTF_8));
    } else {
      line.print(found, out);
    }
  }

  private static Map<String, @Nullable Object> json(ReceivedRecord found) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("topic", found.partition().topic());
    json.put("partition", found.partition().partition());
    json.put("offset", found.offset());
    json.put("timestamp", found.timestampMs());
    json.put("key", text(found.key()));
    json.put("value", text(found.value()));
    List<Object> headers = new ArrayList<>();
    for (ReceivedRecord.Header header : found.headers()) {
      Map<String, @Nullable Object> entry = new LinkedHashMap<>();
      entry.put("key", header.key());
      entry.put("value", text(header.value()));
      headers.add(entry);
    }
    json.put("headers", headers);
    return json;
  }

  private static @Nullable String text(@Nullable Bytes bytes) {
    return bytes == null ? null : bytes.utf8();
  }
}
