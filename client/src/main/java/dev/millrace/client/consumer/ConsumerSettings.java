package dev.millrace.client.consumer;

import dev.millrace.client.ClientException;
import dev.millrace.client.ClientOptions;
import dev.millrace.client.call.Topology;
import dev.millrace.net.Endpoint;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a consumer behaves: Kafka's names and meanings, see {@code docs/client.md}. */
final class ConsumerSettings {
  private static final int POLL_NEWS_MS = 100;

  final List<Endpoint> bootstrap;
  final String clientId;
  final @Nullable String group;
  final @Nullable String instanceId;
  final boolean isNextProtocol;
  final @Nullable String remoteAssignor;
  final List<String> assignors;
  final int sessionTimeoutMs;
  final int heartbeatMs;
  final int pollIntervalMs;
  final int pollRecordsMax;
  final boolean autoCommit;
  final int autoCommitMs;
  final Reset reset;
  final boolean isCommittedOnly;
  final int fetchBytesMin;
  final int fetchBytesMax;
  final int fetchWaitMs;
  final int partitionBytesMax;
  final int requestTimeoutMs;
  final int apiTimeoutMs;
  final int backoffMs;
  final long metadataAgeMs;
  final boolean checksCrcs;
  final boolean createTopics;
  final String rack;

  /** Polls closer to each other than this are not told to the group one by one. */
  long pollNewsMs() {
    return Math.min(POLL_NEWS_MS, pollIntervalMs / 8);
  }

  /**
   * Where reading starts when no offset is committed.
   *
   * @param isNone whether that is an error
   * @param timestamp of ListOffsets: -1 the end, -2 the beginning; with {@code ageMs} at least zero
   *     the first record of that age
   */
  record Reset(boolean isNone, long timestamp, long ageMs) {
    static final Reset EARLIEST = new Reset(false, OffsetCalls.EARLIEST, -1);
    static final Reset LATEST = new Reset(false, OffsetCalls.LATEST, -1);
    static final Reset NONE = new Reset(true, 0, -1);

    static Reset parse(String text) {
      if (text.startsWith("by_duration:")) {
        try {
          Duration age = Duration.parse(text.substring(text.indexOf(':') + 1));
          return new Reset(false, 0, age.toMillis());
        } catch (DateTimeParseException e) {
          throw ClientException.failed(
              "auto.offset.reset has no ISO 8601 duration such as by_duration:PT1H, value=" + text,
              e);
        }
      }
      return switch (text) {
        case "earliest" -> EARLIEST;
        case "latest" -> LATEST;
        case "none" -> NONE;
        default ->
            throw ClientException.failed(
                "auto.offset.reset must be earliest, latest, none or by_duration:DURATION, value="
                    + text,
                null);
      };
    }

    long at(long nowMs) {
      return ageMs < 0 ? timestamp : Math.max(0, nowMs - ageMs);
    }
  }

  private ConsumerSettings(ClientOptions in) {
    bootstrap = in.bootstrap();
    clientId = in.text("client.id", "millrace-consumer");
    group = optional(in.text("group.id", ""));
    instanceId = optional(in.text("group.instance.id", ""));
    isNextProtocol =
        "consumer".equals(in.choice("group.protocol", "classic", List.of("classic", "consumer")));
    remoteAssignor = optional(in.text("group.remote.assignor", ""));
    assignors = assignors(in.text("partition.assignment.strategy", "cooperative-sticky"));
    sessionTimeoutMs = (int) in.number("session.timeout.ms", 45_000, 1, Integer.MAX_VALUE);
    heartbeatMs = (int) in.number("heartbeat.interval.ms", 3_000, 1, Integer.MAX_VALUE);
    pollIntervalMs = (int) in.number("max.poll.interval.ms", 300_000, 1, Integer.MAX_VALUE);
    pollRecordsMax = (int) in.number("max.poll.records", 500, 1, Integer.MAX_VALUE);
    autoCommit = in.flag("enable.auto.commit", true) && group != null;
    autoCommitMs = in.count("auto.commit.interval.ms", 5_000);
    reset = Reset.parse(in.text("auto.offset.reset", "latest"));
    isCommittedOnly =
        "read_committed"
            .equals(
                in.choice(
                    "isolation.level",
                    "read_uncommitted",
                    List.of("read_uncommitted", "read_committed")));
    fetchBytesMin = in.count("fetch.min.bytes", 1);
    fetchBytesMax = (int) in.number("fetch.max.bytes", 50 << 20, 1, Integer.MAX_VALUE);
    fetchWaitMs = in.count("fetch.max.wait.ms", 500);
    partitionBytesMax = (int) in.number("max.partition.fetch.bytes", 1 << 20, 1, Integer.MAX_VALUE);
    requestTimeoutMs = (int) in.number("request.timeout.ms", 30_000, 1, Integer.MAX_VALUE);
    apiTimeoutMs = (int) in.number("default.api.timeout.ms", 60_000, 1, Integer.MAX_VALUE);
    backoffMs = (int) in.number("retry.backoff.ms", 100, 1, Integer.MAX_VALUE);
    metadataAgeMs = in.number("metadata.max.age.ms", 300_000, 1, Long.MAX_VALUE);
    checksCrcs = in.flag("check.crcs", true);
    createTopics = in.flag("allow.auto.create.topics", true);
    rack = in.text("client.rack", "");
    in.refuseOthers();
    if (group != null && !isNextProtocol && heartbeatMs >= sessionTimeoutMs) {
      throw ClientException.failed(
          "heartbeat.interval.ms must be below session.timeout.ms, heartbeat.interval.ms="
              + heartbeatMs
              + " session.timeout.ms="
              + sessionTimeoutMs,
          null);
    }
  }

  static ConsumerSettings of(Map<String, ?> settings) {
    return new ConsumerSettings(new ClientOptions(settings));
  }

  Topology.Rules topologyRules() {
    return new Topology.Rules(createTopics, requestTimeoutMs, backoffMs, 1_000, metadataAgeMs);
  }

  byte isolation() {
    return (byte) (isCommittedOnly ? 1 : 0);
  }

  private static @Nullable String optional(String text) {
    return text.isEmpty() ? null : text;
  }

  /** Short names, or the class names of Kafka's own assignors. */
  private static List<String> assignors(String text) {
    List<String> names = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      String name = part.strip();
      switch (name.substring(name.lastIndexOf('.') + 1)) {
        case "range", "RangeAssignor" -> names.add("range");
        case "cooperative-sticky", "CooperativeStickyAssignor" -> names.add("cooperative-sticky");
        default ->
            throw ClientException.failed(
                "partition.assignment.strategy must name range or cooperative-sticky, value="
                    + name,
                null);
      }
    }
    return List.copyOf(names);
  }
}
