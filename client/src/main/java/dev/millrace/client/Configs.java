package dev.millrace.client;

import dev.millrace.net.call.Reading;
import dev.millrace.wire.Request;
import dev.millrace.wire.Response;
import dev.millrace.wire.message.DescribeConfigsRequest;
import dev.millrace.wire.message.DescribeConfigsRequest.DescribeConfigsResource;
import dev.millrace.wire.message.DescribeConfigsResponse;
import dev.millrace.wire.message.DescribeConfigsResponse.DescribeConfigsResourceResult;
import dev.millrace.wire.message.DescribeConfigsResponse.DescribeConfigsResult;
import dev.millrace.wire.message.IncrementalAlterConfigsRequest;
import dev.millrace.wire.message.IncrementalAlterConfigsRequest.AlterConfigsResource;
import dev.millrace.wire.message.IncrementalAlterConfigsRequest.AlterableConfig;
import dev.millrace.wire.message.IncrementalAlterConfigsResponse;
import dev.millrace.wire.message.IncrementalAlterConfigsResponse.AlterConfigsResourceResponse;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads and changes the settings of topics, brokers and groups. */
public final class Configs {
  private static final byte SET = 0;
  private static final byte DELETE = 1;
  private static final String[] SOURCES = {
    "unknown",
    "topic",
    "broker",
    "cluster",
    "file",
    "default",
    "broker logger",
    "client metrics",
    "group"
  };

  private final Cluster cluster;

  public Configs(Cluster cluster) {
    this.cluster = cluster;
  }

  /** What has settings. */
  public enum Kind {
    /** By its name. */
    TOPIC(2),
    /** By its node id, or "" for the defaults of all brokers. */
    BROKER(4),
    /** The levels of a broker's loggers, by its node id (KIP-412). */
    BROKER_LOGGER(8),
    /** What clients are asked to measure, by the name of the subscription (KIP-714). */
    CLIENT_METRICS(16),
    /** A group of any kind, by its id (KIP-848). */
    GROUP(32);

    private final byte code;

    Kind(int code) {
      this.code = (byte) code;
    }
  }

  /**
   * One setting.
   *
   * @param value null when it has none or is secret
   * @param source where the value comes from, a word for a person
   */
  public record Entry(
      String name, @Nullable String value, String source, boolean readOnly, boolean isDefault) {}

  /**
   * All settings of a topic, a broker (by node id, or "" for the cluster's defaults) or a group.
   */
  public List<Entry> describe(Kind kind, String name) {
    DescribeConfigsRequest request =
        DescribeConfigsRequest.builder()
            .resources(
                List.of(
                    DescribeConfigsResource.builder()
                        .resourceType(kind.code)
                        .resourceName(name)
                        .configurationKeys(null)
                        .build()))
            .build();
    DescribeConfigsResponse answer = call(kind, name, request, DescribeConfigsResponse::read);
    DescribeConfigsResult result = Topics.only(answer.results(), "DescribeConfigs");
    Topics.check(result.errorCode(), "settings of " + name, result.errorMessage());
    List<Entry> entries = new ArrayList<>();
    for (DescribeConfigsResourceResult config : result.configs()) {
      entries.add(entry(config));
    }
    entries.sort(Comparator.comparing(Entry::name));
    return entries;
  }

  /**
   * Changes some settings and leaves the others.
   *
   * @param unset names that go back to their defaults
   */
  public void alter(Kind kind, String name, Map<String, String> set, Collection<String> unset) {
    List<AlterableConfig> changes = new ArrayList<>();
    set.forEach((key, value) ->
        changes.add(AlterableConfig.builder().name(key).configOperation(SET).value(value).build()));
    unset.forEach(key ->
        changes.add(
            AlterableConfig.builder().name(key).configOperation(DELETE).value(null).build()));
    IncrementalAlterConfigsRequest request =
        IncrementalAlterConfigsRequest.builder()
            .resources(
                List.of(
                    AlterConfigsResource.builder()
                        .resourceType(kind.code)
                        .resourceName(name)
                        .configs(changes)
                        .build()))
            .build();
    IncrementalAlterConfigsResponse answer =
        call(kind, name, request, IncrementalAlterConfigsResponse::read);
    AlterConfigsResourceResponse result =
        Topics.only(answer.responses(), "IncrementalAlterConfigs");
    Topics.check(result.errorCode(), "settings of " + name, result.errorMessage());
  }

  /**
   * The settings of one broker are its own business: that broker is asked; for one that is down any
   * other may answer.
   */
  private <R extends Response> R call(Kind kind, String name, Request request, Reading<R> reading) {
    return kind == Kind.BROKER
            && !name.isEmpty()
            && cluster.learn(List.of()).nodes().containsKey(Integer.parseInt(name))
        ? cluster.call(Integer.parseInt(name), request, Short.MAX_VALUE, reading)
        : cluster.call(request, reading);
  }

  private static Entry entry(DescribeConfigsResourceResult config) {
    int source = config.configSource();
    boolean known = source >= 0 && source < SOURCES.length;
    return new Entry(
        config.name(),
        config.isSensitive() ? null : config.value(),
        known ? SOURCES[source] : SOURCES[0],
        config.readOnly(),
        known && "default".equals(SOURCES[source]));
  }
}
