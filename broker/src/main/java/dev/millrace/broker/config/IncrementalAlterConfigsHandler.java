package dev.millrace.broker.config;

import dev.millrace.broker.ActiveController;
import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.broker.Node;
import dev.millrace.quorum.control.ChangeConfigs;
import dev.millrace.quorum.control.ChangeConfigs.Change;
import dev.millrace.quorum.control.ChangeConfigs.Operation;
import dev.millrace.quorum.control.ChangeConfigs.ResourceChange;
import dev.millrace.quorum.control.Outcome;
import dev.millrace.quorum.image.ConfigResource;
import dev.millrace.quorum.image.ConfigScope;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.IncrementalAlterConfigsRequest;
import dev.millrace.wire.message.IncrementalAlterConfigsRequest.AlterConfigsResource;
import dev.millrace.wire.message.IncrementalAlterConfigsRequest.AlterableConfig;
import dev.millrace.wire.message.IncrementalAlterConfigsResponse;
import dev.millrace.wire.message.IncrementalAlterConfigsResponse.AlterConfigsResourceResponse;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * IncrementalAlterConfigs (44), versions 0–1: changes single settings of topics, brokers and this
 * broker's loggers, and leaves the others (KIP-339). Resources are changed each for itself.
 */
public final class IncrementalAlterConfigsHandler
    implements Handler<IncrementalAlterConfigsRequest> {
  private final ActiveController controller;
  private final LoggerChanges loggers;

  public IncrementalAlterConfigsHandler(Node node, ActiveController controller, Loggers loggers) {
    this.controller = controller;
    this.loggers = new LoggerChanges(node.id(), loggers);
  }

  @Override
  public ApiKey key() {
    return ApiKey.INCREMENTAL_ALTER_CONFIGS;
  }

  /** A broker's loggers are its own; clients ask for them alone. */
  @Override
  public boolean isForController(IncrementalAlterConfigsRequest request) {
    return request.resources().stream()
        .anyMatch(
            resource -> ConfigScope.ofNumber(resource.resourceType()) != ConfigScope.BROKER_LOGGER);
  }

  @Override
  public void handle(Call call, IncrementalAlterConfigsRequest request) {
    AlterResults<AlterConfigsResource> results = new AlterResults<>();
    List<ResourceChange> forController = new ArrayList<>();
    for (AlterConfigsResource resource : request.resources()) {
      switch (read(resource)) {
        case Outcome.Refused<ResourceChange> refused -> results.add(resource, refused);
        case Outcome.Done<ResourceChange>(ResourceChange change) -> {
          if (change.resource().scope() == ConfigScope.BROKER_LOGGER) {
            results.add(resource, loggers.apply(change, request.validateOnly()));
          } else {
            results.addLater(resource);
            forController.add(change);
          }
        }
      }
    }
    call.holdNext();
    controller.submit(
        new ChangeConfigs(forController, request.validateOnly()),
        outcome -> call.answer(response(results.with(outcome))));
  }

  private static Outcome<ResourceChange> read(AlterConfigsResource resource) {
    ConfigScope scope = ConfigScope.ofNumber(resource.resourceType());
    if (scope == null) {
      return Outcome.refused(
          ErrorCode.INVALID_REQUEST, "resource type is not known, type=" + resource.resourceType());
    }
    List<Change> changes = new ArrayList<>();
    for (AlterableConfig config : resource.configs()) {
      Operation operation = operation(config.configOperation());
      if (operation == null) {
        return Outcome.refused(
            ErrorCode.INVALID_REQUEST,
            "operation is not known, operation=" + config.configOperation());
      }
      changes.add(new Change(config.name(), operation, config.value()));
    }
    return Outcome.done(
        new ResourceChange(new ConfigResource(scope, resource.resourceName()), changes));
  }

  private static @Nullable Operation operation(byte number) {
    Operation[] all = Operation.values();
    return number >= 0 && number < all.length ? all[number] : null;
  }

  private static IncrementalAlterConfigsResponse response(
      List<AlterResults.Result<AlterConfigsResource>> results) {
    return IncrementalAlterConfigsResponse.builder()
        .responses(results.stream().map(IncrementalAlterConfigsHandler::response).toList())
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
