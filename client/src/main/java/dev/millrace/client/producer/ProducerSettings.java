package dev.millrace.client.producer;

import dev.millrace.client.ClientException;
import dev.millrace.client.ClientOptions;
import dev.millrace.client.call.Topology;
import dev.millrace.net.Endpoint;
import dev.millrace.wire.compress.Codec;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a producer behaves: Kafka's names and meanings, see {@code docs/client.md}. */
final class ProducerSettings {
  final List<Endpoint> bootstrap;
  final String clientId;
  final short acks;
  final boolean idempotent;
  final Codec codec;
  final int codecLevel;
  final int batchBytes;
  final int lingerMs;
  final boolean adaptive;
  final long memoryBytes;
  final int requestBytesMax;
  final int blockMs;
  final int requestTimeoutMs;
  final int deliveryTimeoutMs;
  final int inFlightMax;
  final int backoffMs;
  final int backoffMaxMs;
  final long retriesMax;
  final long metadataAgeMs;
  final boolean ignoreKeys;
  final String rack;

  /** Null without transactions. */
  final @Nullable String transactionalId;

  final int transactionTimeoutMs;

  private ProducerSettings(ClientOptions in) {
    bootstrap = in.bootstrap();
    clientId = in.text("client.id", "millrace-producer");
    acks = acks(in);
    transactionalId = in.has("transactional.id") ? in.text("transactional.id", "") : null;
    transactionTimeoutMs = (int) in.number("transaction.timeout.ms", 60_000, 1, Integer.MAX_VALUE);
    inFlightMax = (int) in.number("max.in.flight.requests.per.connection", 5, 1, 1_000);
    retriesMax = in.number("retries", Integer.MAX_VALUE, 0, Integer.MAX_VALUE);
    idempotent = idempotent(in);
    codec = codec(in);
    codecLevel = level(in);
    batchBytes = (int) in.number("batch.size", 64 << 10, 1, 64 << 20);
    lingerMs = in.count("linger.ms", 5);
    adaptive = in.flag("millrace.linger.adaptive", true);
    memoryBytes = in.number("buffer.memory", 32L << 20, 1, Long.MAX_VALUE);
    requestBytesMax = (int) in.number("max.request.size", 1 << 20, 1, Integer.MAX_VALUE >> 1);
    blockMs = in.count("max.block.ms", 60_000);
    requestTimeoutMs = (int) in.number("request.timeout.ms", 30_000, 1, Integer.MAX_VALUE);
    deliveryTimeoutMs = (int) in.number("delivery.timeout.ms", 120_000, 1, Integer.MAX_VALUE);
    backoffMs = in.count("retry.backoff.ms", 100);
    backoffMaxMs = in.count("retry.backoff.max.ms", 1_000);
    metadataAgeMs = in.number("metadata.max.age.ms", 300_000, 1, Long.MAX_VALUE);
    ignoreKeys = in.flag("partitioner.ignore.keys", false);
    rack = in.flag("partitioner.rack.aware", false) ? in.text("client.rack", "") : "";
    in.text("client.rack", "");
    in.refuseOthers();
    if (deliveryTimeoutMs < (long) lingerMs + requestTimeoutMs) {
      throw ClientException.failed(
          "delivery.timeout.ms must be at least linger.ms + request.timeout.ms,"
              + " delivery.timeout.ms="
              + deliveryTimeoutMs,
          null);
    }
  }

  static ProducerSettings of(Map<String, ?> settings) {
    return new ProducerSettings(new ClientOptions(settings));
  }

  Topology.Rules topologyRules() {
    return new Topology.Rules(
        true, requestTimeoutMs, Math.max(1, backoffMs), Math.max(1, backoffMaxMs), metadataAgeMs);
  }

  private static short acks(ClientOptions in) {
    return switch (in.choice("acks", "all", List.of("all", "-1", "0", "1"))) {
      case "0" -> 0;
      case "1" -> 1;
      default -> -1;
    };
  }

  /**
   * On unless something that was set excludes it; refused when it was asked for and is excluded.
   */
  private boolean idempotent(ClientOptions in) {
    boolean possible = acks == -1 && inFlightMax <= 5 && retriesMax > 0;
    boolean asked = in.flag("enable.idempotence", possible);
    if (transactionalId != null && (transactionalId.isEmpty() || !asked)) {
      throw ClientException.failed(
          transactionalId.isEmpty()
              ? "transactional.id must not be empty"
              : "transactional.id needs enable.idempotence=true and acks=all",
          null);
    }
    if (asked && !possible) {
      throw ClientException.failed(
          "enable.idempotence=true needs acks=all, retries above 0 and"
              + " max.in.flight.requests.per.connection of at most 5",
          null);
    }
    return asked;
  }

  private static Codec codec(ClientOptions in) {
    String name =
        in.choice("compression.type", "none", List.of("none", "gzip", "snappy", "lz4", "zstd"));
    return Codec.valueOf(name.toUpperCase(Locale.ROOT));
  }

  private int level(ClientOptions in) {
    int level = codec.levelDefault();
    for (Codec each : List.of(Codec.GZIP, Codec.LZ4, Codec.ZSTD)) {
      String name = "compression." + each.name().toLowerCase(Locale.ROOT) + ".level";
      long value = in.number(name, each.levelDefault(), each.levelMin(), each.levelMax());
      level = each == codec ? (int) value : level;
    }
    return level;
  }
}
