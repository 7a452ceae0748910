package dev.millrace.broker.config;

import dev.millrace.broker.ActiveController;
import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.quorum.control.Outcome;
import dev.millrace.quorum.control.ReplaceConfigs;
import dev.millrace.quorum.control.ReplaceConfigs.Config;
import dev.millrace.quorum.control.ReplaceConfigs.ResourceConfigs;
import dev.millrace.quorum.image.ConfigResource;
import dev.millrace.quorum.image.ConfigScope;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.AlterConfigsRequest;
import dev.millrace.wire.message.AlterConfigsRequest.AlterConfigsResource;
import dev.millrace.wire.message.AlterConfigsResponse;
import dev.millrace.wire.message.AlterConfigsResponse.AlterConfigsResourceResponse;
import dev.millrace.wire.message.ApiKey;
import java.util.ArrayList;
import java.util.List;

/**
 * AlterConfigs (33), versions 0–2: gives resources exactly the settings that are named, and takes
 * all others from them. The older way; {@link IncrementalAlterConfigsHandler} is the one that does
 * not undo what somebody else has set.
 */
public final class AlterConfigsHandler implements Handler<AlterConfigsRequest> {
  private final ActiveController controller;

  public AlterConfigsHandler(ActiveController controller) {
    this.controller = controller;
  }

  @Override
  public ApiKey key() {
    return ApiKey.ALTER_CONFIGS;
  }

  @Override
  public boolean isForController(AlterConfigsRequest request) {
    return true;
  }

  @Override
  public void handle(Call call, AlterConfigsRequest request) {
    AlterResults<AlterConfigsResource> results = new AlterResults<>();
    List<ResourceConfigs> forController = new ArrayList<>();
    for (AlterConfigsResource resource : request.resources()) {
      ConfigScope scope = ConfigScope.ofNumber(resource.resourceType());
      if (scope == null) {
        results.add(
            resource,
            Outcome.refused(
                ErrorCode.INVALID_REQUEST,
                "resource type is not known, type=" + resource.resourceType()));
      } else {
        results.addLater(resource);
        forController.add(configs(scope, resource));
      }
    }
    call.holdNext();
    controller.submit(
        new ReplaceConfigs(forController, request.validateOnly()),
        outcome -> call.answer(response(results.with(outcome))));
  }

  private static ResourceConfigs configs(ConfigScope scope, AlterConfigsResource resource) {
    return new ResourceConfigs(
        new ConfigResource(scope, resource.resourceName()),
        resource.configs().stream()
            .map(config -> new Config(config.name(), config.value()))
            .toList());
  }

  private static AlterConfigsResponse response(
      List<AlterResults.Result<AlterConfigsResource>> results) {
    return AlterConfigsResponse.builder()
        .responses(results.stream().map(AlterConfigsHandler::response).toList())
        .build();
  }

  private static AlterConfigsResourceResponse response(
      AlterResults.Result<AlterConfigsResource> result) {
    return AlterConfigsResourceResponse.builder()
        .errorCode(result.outcome().error())
        .errorMessage(result.message())
        .resourceType(result.asked().resourceType())
        .resourceName(result.asked().resourceName())
        .build();
  }
}
