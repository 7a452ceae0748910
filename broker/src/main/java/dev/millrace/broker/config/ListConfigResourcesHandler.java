package dev.millrace.broker.config;

import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.broker.Node;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.ConfigScope;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.ListConfigResourcesRequest;
import dev.millrace.wire.message.ListConfigResourcesResponse;
import dev.millrace.wire.message.ListConfigResourcesResponse.ConfigResource;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * ListConfigResources (74), versions 0–1: the names of what has settings.
 *
 * <ul>
 *   <li>0: client metrics alone (KIP-714)
 *   <li>1: any types; none means all (KIP-1142)
 * </ul>
 */
public final class ListConfigResourcesHandler implements Handler<ListConfigResourcesRequest> {
  private final Node node;

  public ListConfigResourcesHandler(Node node) {
    this.node = node;
  }

  @Override
  public ApiKey key() {
    return ApiKey.LIST_CONFIG_RESOURCES;
  }

  @Override
  public void handle(Call call, ListConfigResourcesRequest request) {
    Set<ConfigScope> scopes = EnumSet.noneOf(ConfigScope.class);
    for (byte type : request.resourceTypes()) {
      ConfigScope scope = ConfigScope.ofNumber(type);
      if (scope == null) {
        call.answer(
            ListConfigResourcesResponse.builder().errorCode(ErrorCode.UNSUPPORTED_VERSION).build());
        return;
      }
      scopes.add(scope);
    }
    if (scopes.isEmpty()) {
      scopes =
          call.version() == 0
              ? EnumSet.of(ConfigScope.CLIENT_METRICS)
              : EnumSet.allOf(ConfigScope.class);
    }
    ClusterImage image = node.image();
    List<ConfigResource> resources =
        scopes.stream().flatMap(scope -> resources(scope, image)).toList();
    call.answer(ListConfigResourcesResponse.builder().configResources(resources).build());
  }

  private static Stream<ConfigResource> resources(ConfigScope scope, ClusterImage image) {
    Stream<String> names =
        switch (scope) {
          case TOPIC -> image.topics().idsByName().keySet().stream();
          case BROKER, BROKER_LOGGER -> image.brokers().keySet().stream().map(String::valueOf);
          case CLIENT_METRICS, GROUP ->
              image.configs().keySet().stream()
                  .filter(resource -> resource.scope() == scope)
                  .map(dev.millrace.quorum.image.ConfigResource::name)
                  .sorted();
        };
    return names.map(name -> new ConfigResource(name, scope.number()));
  }
}
