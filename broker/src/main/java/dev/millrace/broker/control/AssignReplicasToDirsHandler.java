package dev.millrace.broker.control;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.broker.ActiveController;
import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.quorum.control.AssignDirectories;
import dev.millrace.quorum.control.AssignDirectories.Assignment;
import dev.millrace.quorum.control.Outcome;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.AssignReplicasToDirsRequest;
import dev.millrace.wire.message.AssignReplicasToDirsResponse;
import dev.millrace.wire.message.AssignReplicasToDirsResponse.DirectoryData;
import dev.millrace.wire.message.AssignReplicasToDirsResponse.PartitionData;
import dev.millrace.wire.message.AssignReplicasToDirsResponse.TopicData;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * AssignReplicasToDirs (73), version 0: a broker tells in which log directories its replicas are
 * (KIP-858).
 */
final class AssignReplicasToDirsHandler implements Handler<AssignReplicasToDirsRequest> {
  private final ActiveController controller;

  AssignReplicasToDirsHandler(ActiveController controller) {
    this.controller = controller;
  }

  @Override
  public ApiKey key() {
    return ApiKey.ASSIGN_REPLICAS_TO_DIRS;
  }

  @Override
  public void handle(Call call, AssignReplicasToDirsRequest request) {
    List<Assignment> assignments = new ArrayList<>();
    for (AssignReplicasToDirsRequest.DirectoryData directory : request.directories()) {
      for (AssignReplicasToDirsRequest.TopicData topic : directory.topics()) {
        topic
            .partitions()
            .forEach(one ->
                assignments.add(
                    new Assignment(directory.id(), topic.topicId(), one.partitionIndex())));
      }
    }
    controller.submit(
        new AssignDirectories(request.brokerId(), request.brokerEpoch(), assignments),
        outcome -> call.answer(response(request, outcome)));
  }

  private static AssignReplicasToDirsResponse response(
      AssignReplicasToDirsRequest request, Outcome<List<Outcome<Uuid>>> outcome) {
    return switch (outcome) {
      case Outcome.Refused<List<Outcome<Uuid>>> refused ->
          AssignReplicasToDirsResponse.builder().errorCode(refused.error()).build();
      case Outcome.Done<List<Outcome<Uuid>>> done -> {
        Iterator<Outcome<Uuid>> each = done.value().iterator();
        List<DirectoryData> directories = new ArrayList<>();
        for (AssignReplicasToDirsRequest.DirectoryData directory : request.directories()) {
          directories.add(
              new DirectoryData(
                  directory.id(),
                  directory.topics().stream().map(topic -> topic(topic, each)).toList()));
        }
        yield AssignReplicasToDirsResponse.builder().directories(directories).build();
      }
    };
  }

  private static TopicData topic(
      AssignReplicasToDirsRequest.TopicData topic, Iterator<Outcome<Uuid>> each) {
    return new TopicData(
        topic.topicId(),
        topic.partitions().stream()
            .map(one -> new PartitionData(one.partitionIndex(), each.next().error().code()))
            .toList());
  }
}
