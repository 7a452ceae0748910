package dev.millrace.broker.group;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.broker.Node;
import dev.millrace.coordinator.group.GroupCoordinator;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.TopicImage;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.ApiKey;
import dev.millrace.wire.message.OffsetCommitRequest;
import dev.millrace.wire.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import dev.millrace.wire.message.OffsetCommitRequest.OffsetCommitRequestTopic;
import dev.millrace.wire.message.OffsetCommitResponse;
import dev.millrace.wire.message.OffsetCommitResponse.OffsetCommitResponsePartition;
import dev.millrace.wire.message.OffsetCommitResponse.OffsetCommitResponseTopic;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * OffsetCommit (8), versions 2–10: how far a group has read.
 *
 * <p>Partitions that are not there have an error of their own; the others are committed together.
 * Offsets are written down with the id of their topic in every version, so that those of a deleted
 * topic are not taken for those of a new one with its name.
 *
 * <ul>
 *   <li>2–4: how long the offsets are to be kept
 *   <li>6: leader epochs (KIP-320)
 *   <li>7: static members (KIP-345)
 *   <li>9: GROUP_ID_NOT_FOUND and STALE_MEMBER_EPOCH (KIP-848)
 *   <li>10: topics by id (KIP-848)
 * </ul>
 */
final class OffsetCommitHandler implements Handler<OffsetCommitRequest> {
  private static final short GROUP_NOT_FOUND_SINCE = 9;
  private static final short IDS_SINCE = 10;

  private final Node node;
  private final GroupCoordinator coordinator;

  OffsetCommitHandler(Node node, GroupCoordinator coordinator) {
    this.node = node;
    this.coordinator = coordinator;
  }

  @Override
  public ApiKey key() {
    return ApiKey.OFFSET_COMMIT;
  }

  @Override
  public void handle(Call call, OffsetCommitRequest request) {
    boolean byId = call.version() >= IDS_SINCE;
    ClusterImage image = node.image();
    List<Wanted> all =
        request.topics().stream().map(topic -> Wanted.of(topic, image, byId)).toList();
    List<OffsetCommitRequestTopic> known = new ArrayList<>(all.size());
    for (Wanted wanted : all) {
      if (wanted.known() != null) {
        known.add(wanted.known());
      }
    }
    if (known.isEmpty()) {
      call.answer(response(all, List.of()));
      return;
    }
    call.holdNext();
    coordinator.commit(
        request.toBuilder().topics(known).build(),
        call.version() >= GROUP_NOT_FOUND_SINCE,
        committed -> call.answer(response(all, committed.topics())));
  }

  /**
   * A topic of the request.
   *
   * @param errors of its partitions, {@link ErrorCode#NONE} for those that are there
   * @param known what of it is there, with its name and id; null when nothing is
   */
  private record Wanted(
      OffsetCommitRequestTopic topic,
      List<ErrorCode> errors,
      @Nullable OffsetCommitRequestTopic known) {

    static Wanted of(OffsetCommitRequestTopic topic, ClusterImage image, boolean byId) {
      TopicImage there = byId ? image.topic(topic.topicId()) : image.topic(topic.name());
      ErrorCode missing =
          byId && there == null ? ErrorCode.UNKNOWN_TOPIC_ID : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
      List<ErrorCode> errors = new ArrayList<>(topic.partitions().size());
      List<OffsetCommitRequestPartition> known = new ArrayList<>(topic.partitions().size());
      for (OffsetCommitRequestPartition partition : topic.partitions()) {
        boolean isThere = there != null && there.partition(partition.partitionIndex()) != null;
        errors.add(isThere ? ErrorCode.NONE : missing);
        if (isThere) {
          known.add(partition);
        }
      }
      return there == null || known.isEmpty()
          ? new Wanted(topic, errors, null)
          : new Wanted(
              topic,
              errors,
              OffsetCommitRequestTopic.builder()
                  .name(there.name())
                  .topicId(there.id())
                  .partitions(known)
                  .build());
    }
  }

  /** Puts the coordinator's answers into the places of the partitions that it was asked about. */
  private static OffsetCommitResponse response(
      List<Wanted> all, List<OffsetCommitResponseTopic> committed) {
    Iterator<OffsetCommitResponseTopic> answers = committed.iterator();
    List<OffsetCommitResponseTopic> topics = new ArrayList<>(all.size());
    for (Wanted wanted : all) {
      Iterator<OffsetCommitResponsePartition> known =
          wanted.known() == null
              ? List.<OffsetCommitResponsePartition>of().iterator()
              : answers.next().partitions().iterator();
      List<OffsetCommitResponsePartition> partitions = new ArrayList<>(wanted.errors().size());
      for (int i = 0; i < wanted.errors().size(); i++) {
        partitions.add(
            wanted.errors().get(i) == ErrorCode.NONE
                ? known.next()
                : OffsetCommitResponsePartition.builder()
                    .partitionIndex(wanted.topic().partitions().get(i).partitionIndex())
                    .errorCode(wanted.errors().get(i))
                    .build());
      }
      topics.add(topic(wanted.topic().name(), wanted.topic().topicId(), partitions));
    }
    return OffsetCommitResponse.builder().topics(topics).build();
  }

  private static OffsetCommitResponseTopic topic(
      String name, Uuid id, List<OffsetCommitResponsePartition> partitions) {
    return OffsetCommitResponseTopic.builder()
        .name(name)
        .topicId(id)
        .partitions(partitions)
        .build();
  }
}
