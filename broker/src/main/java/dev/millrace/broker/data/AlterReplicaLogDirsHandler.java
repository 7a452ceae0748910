package dev.millrace.broker.data;

import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.replica.DirectoryWish;
import dev.millrace.replica.Partitions;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.AlterReplicaLogDirsRequest;
import dev.millrace.wire.message.AlterReplicaLogDirsRequest.AlterReplicaLogDir;
import dev.millrace.wire.message.AlterReplicaLogDirsRequest.AlterReplicaLogDirTopic;
import dev.millrace.wire.message.AlterReplicaLogDirsResponse;
import dev.millrace.wire.message.AlterReplicaLogDirsResponse.AlterReplicaLogDirPartitionResult;
import dev.millrace.wire.message.AlterReplicaLogDirsResponse.AlterReplicaLogDirTopicResult;
import dev.millrace.wire.message.ApiKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * AlterReplicaLogDirs (34), versions 1 and 2: has copies of this node brought to other log
 * directories of it (KIP-113), in the background; DescribeLogDirs tells how far that is. A copy
 * that is on its way stays when it is asked to be where it is. Of a copy that this node does not
 * have, the directory is remembered and the answer is REPLICA_NOT_AVAILABLE.
 */
public final class AlterReplicaLogDirsHandler implements Handler<AlterReplicaLogDirsRequest> {
  private final Partitions partitions;

  /** Moves copies of {@code partitions}. */
  public AlterReplicaLogDirsHandler(Partitions partitions) {
    this.partitions = partitions;
  }

  @Override
  public ApiKey key() {
    return ApiKey.ALTER_REPLICA_LOG_DIRS;
  }

  @Override
  public void handle(Call call, AlterReplicaLogDirsRequest request) {
    call.holdNext();
    List<DirectoryWish> wishes = new ArrayList<>();
    for (AlterReplicaLogDir directory : request.dirs()) {
      for (AlterReplicaLogDirTopic topic : directory.topics()) {
        for (int index : topic.partitions()) {
          wishes.add(new DirectoryWish(topic.name(), index, directory.path()));
        }
      }
    }
    partitions.place(wishes, errors -> call.answer(answer(wishes, errors)));
  }

  private static AlterReplicaLogDirsResponse answer(
      List<DirectoryWish> wishes, List<ErrorCode> errors) {
    Map<String, List<AlterReplicaLogDirPartitionResult>> topics = new LinkedHashMap<>();
    for (int i = 0; i < wishes.size(); i++) {
      topics
          .computeIfAbsent(wishes.get(i).topic(), _ -> new ArrayList<>())
          .add(
              AlterReplicaLogDirPartitionResult.builder()
                  .partitionIndex(wishes.get(i).index())
                  .errorCode(errors.get(i))
                  .build());
    }
    return AlterReplicaLogDirsResponse.builder()
        .results(
            topics.entrySet().stream()
                .map(one -> new AlterReplicaLogDirTopicResult(one.getKey(), one.getValue()))
                .toList())
        .build();
  }
}
