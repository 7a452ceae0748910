package dev.millrace.broker.forward;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.quorum.control.AssignDirectories;
import dev.millrace.quorum.control.AssignDirectories.Assignment;
import dev.millrace.quorum.control.Outcome;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.AssignReplicasToDirsRequest;
import dev.millrace.wire.message.AssignReplicasToDirsResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Where a broker's replicas are, as a request, and its answer as their outcomes. */
record DirectoriesWire(AssignDirectories command) {
  AssignReplicasToDirsRequest request() {
    Map<Uuid, Map<Uuid, List<AssignReplicasToDirsRequest.PartitionData>>> all =
        new LinkedHashMap<>();
    for (Assignment one : command.assignments()) {
      all.computeIfAbsent(one.directory(), id -> new LinkedHashMap<>())
          .computeIfAbsent(one.topicId(), id -> new ArrayList<>())
          .add(new AssignReplicasToDirsRequest.PartitionData(one.partition()));
    }
    List<AssignReplicasToDirsRequest.DirectoryData> directories = new ArrayList<>();
    all.forEach((directory, topics) -> {
      List<AssignReplicasToDirsRequest.TopicData> data = new ArrayList<>();
      topics.forEach((topic, partitions) ->
          data.add(new AssignReplicasToDirsRequest.TopicData(topic, partitions)));
      directories.add(new AssignReplicasToDirsRequest.DirectoryData(directory, data));
    });
    return new AssignReplicasToDirsRequest(command.brokerId(), command.brokerEpoch(), directories);
  }

  /** In the order of the assignments. */
  List<Outcome<Uuid>> outcomes(AssignReplicasToDirsResponse response) {
    Map<Assignment, ErrorCode> told = new HashMap<>();
    for (AssignReplicasToDirsResponse.DirectoryData directory : response.directories()) {
      for (AssignReplicasToDirsResponse.TopicData topic : directory.topics()) {
        for (AssignReplicasToDirsResponse.PartitionData one : topic.partitions()) {
          ErrorCode error = ErrorCode.of(one.errorCode());
          told.put(
              new Assignment(directory.id(), topic.topicId(), one.partitionIndex()),
              error == null ? ErrorCode.UNKNOWN_SERVER_ERROR : error);
        }
      }
    }
    return command.assignments().stream()
        .map(one -> outcome(one, told.getOrDefault(one, ErrorCode.UNKNOWN_SERVER_ERROR)))
        .toList();
  }

  private static Outcome<Uuid> outcome(Assignment assignment, ErrorCode error) {
    return error == ErrorCode.NONE
        ? Outcome.done(assignment.directory())
        : Outcome.refused(
            error, "the active controller refuses the log directory, error=" + error.code());
  }
}
