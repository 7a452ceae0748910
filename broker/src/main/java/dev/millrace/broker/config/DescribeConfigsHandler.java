package dev.millrace.broker.config;

import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.broker.Node;
import dev.millrace.broker.config.ResourceConfigs.Answer.Entries;
import dev.millrace.broker.config.ResourceConfigs.Answer.Refused;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.DescribeConfigsRequest;
import dev.millrace.wire.message.DescribeConfigsRequest.DescribeConfigsResource;
import dev.millrace.wire.message.DescribeConfigsResponse;
import dev.millrace.wire.message.DescribeConfigsResponse.DescribeConfigsResourceResult;
import dev.millrace.wire.message.DescribeConfigsResponse.DescribeConfigsResult;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * DescribeConfigs (32), versions 1–4: the settings of topics, groups, of this broker (by its id),
 * of all brokers (the empty name: only what is set while the cluster runs) and of this broker's
 * loggers.
 *
 * <p>Null or no keys mean all settings; keys that do not exist are left out. A resource that is
 * named twice is described once, so that an answer cannot grow beyond what there is.
 *
 * <ul>
 *   <li>1: sources, and every place that names a value
 *   <li>3: types, and a sentence about each setting on demand (KIP-569)
 * </ul>
 */
public final class DescribeConfigsHandler implements Handler<DescribeConfigsRequest> {
  private static final ResourceConfigs.Answer TWICE =
      new Refused(ErrorCode.INVALID_REQUEST, "resource is named twice, name it once");

  private final Node node;
  private final Loggers loggers;

  public DescribeConfigsHandler(Node node, Loggers loggers) {
    this.node = node;
    this.loggers = loggers;
  }

  @Override
  public ApiKey key() {
    return ApiKey.DESCRIBE_CONFIGS;
  }

  private record Named(byte type, String name) {}

  @Override
  public void handle(Call call, DescribeConfigsRequest request) {
    ResourceConfigs configs = new ResourceConfigs(node, node.image(), loggers, Shown.as(request));
    Set<Named> seen = new HashSet<>();
    List<DescribeConfigsResult> results = new ArrayList<>();
    for (DescribeConfigsResource asked : request.resources()) {
      boolean first = seen.add(new Named(asked.resourceType(), asked.resourceName()));
      results.add(
          result(asked, first ? configs.of(asked.resourceType(), asked.resourceName()) : TWICE));
    }
    call.answer(DescribeConfigsResponse.builder().results(results).build());
  }

  private static DescribeConfigsResult result(
      DescribeConfigsResource asked, ResourceConfigs.Answer answer) {
    DescribeConfigsResult.Builder result =
        DescribeConfigsResult.builder()
            .resourceType(asked.resourceType())
            .resourceName(asked.resourceName());
    return switch (answer) {
      case Entries(List<DescribeConfigsResourceResult> entries) ->
          result.errorMessage("").configs(wanted(asked, entries)).build();
      case Refused(ErrorCode error, String message) ->
          result.errorCode(error).errorMessage(message).build();
    };
  }

  private static List<DescribeConfigsResourceResult> wanted(
      DescribeConfigsResource asked, List<DescribeConfigsResourceResult> entries) {
    List<String> keys = asked.configurationKeys();
    if (keys == null || keys.isEmpty()) {
      return entries;
    }
    Set<String> names = new HashSet<>(keys);
    return entries.stream().filter(entry -> names.contains(entry.name())).toList();
  }
}
