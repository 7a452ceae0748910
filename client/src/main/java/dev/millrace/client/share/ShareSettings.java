package dev.millrace.client.share;

import dev.millrace.client.ClientException;
import dev.millrace.client.ClientOptions;
import dev.millrace.client.call.Topology;
import dev.millrace.net.Endpoint;
import java.util.List;
import java.util.Map;

/** How a share consumer behaves: Kafka's names and meanings, see {@code docs/client.md}. */
final class ShareSettings {
  final List<Endpoint> bootstrap;
  final String clientId;
  final String group;
  final boolean isExplicit;

  /** Whether never more than {@code max.poll.records} are acquired (KIP-1206). */
  final boolean isRecordLimited;

  final int pollRecordsMax;
  final int pollIntervalMs;
  final int fetchBytesMin;
  final int fetchBytesMax;
  final int fetchWaitMs;
  final int requestTimeoutMs;
  final int apiTimeoutMs;
  final int backoffMs;
  final long metadataAgeMs;
  final boolean checksCrcs;
  final String rack;

  private ShareSettings(ClientOptions in) {
    bootstrap = in.bootstrap();
    clientId = in.text("client.id", "millrace-share-consumer");
    group = in.text("group.id", "");
    isExplicit =
        "explicit"
            .equals(
                in.choice(
                    "share.acknowledgement.mode", "implicit", List.of("implicit", "explicit")));
    isRecordLimited =
        "record_limit"
            .equals(
                in.choice(
                    "share.acquire.mode",
                    "batch_optimized",
                    List.of("batch_optimized", "record_limit")));
    pollRecordsMax = (int) in.number("max.poll.records", 500, 1, Integer.MAX_VALUE);
    pollIntervalMs = (int) in.number("max.poll.interval.ms", 300_000, 1, Integer.MAX_VALUE);
    fetchBytesMin = in.count("fetch.min.bytes", 1);
    fetchBytesMax = (int) in.number("fetch.max.bytes", 50 << 20, 1, Integer.MAX_VALUE);
    fetchWaitMs = in.count("fetch.max.wait.ms", 500);
    requestTimeoutMs = (int) in.number("request.timeout.ms", 30_000, 1, Integer.MAX_VALUE);
    apiTimeoutMs = (int) in.number("default.api.timeout.ms", 60_000, 1, Integer.MAX_VALUE);
    backoffMs = (int) in.number("retry.backoff.ms", 100, 1, Integer.MAX_VALUE);
    metadataAgeMs = in.number("metadata.max.age.ms", 300_000, 1, Long.MAX_VALUE);
    checksCrcs = in.flag("check.crcs", true);
    rack = in.text("client.rack", "");
    in.refuseOthers();
    if (group.isEmpty()) {
      throw ClientException.failed("set group.id to the share group", null);
    }
  }

  static ShareSettings of(Map<String, ?> settings) {
    return new ShareSettings(new ClientOptions(settings));
  }

  Topology.Rules topologyRules() {
    return new Topology.Rules(false, requestTimeoutMs, backoffMs, 1_000, metadataAgeMs);
  }
}
