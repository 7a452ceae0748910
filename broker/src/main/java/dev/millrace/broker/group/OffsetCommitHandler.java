package dev.millrace.broker.group;

import dev.millrace.broker.Call;
import dev.millrace.broker.Handler;
import dev.millrace.broker.Node;
import dev.millrace.broker.coordinator.Presence;
import dev.millrace.coordinator.group.GroupCoordinator;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.TopicImage;
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
      OffsetCommitRequestTopic there = wanted.known();
      if (there != null) {
        known.add(there);
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

  /** A topic of the request. */
  private record Wanted(
      OffsetCommitRequestTopic topic, Presence<OffsetCommitRequestPartition> presence) {
    static Wanted of(OffsetCommitRequestTopic topic, ClusterImage image, boolean byId) {
      TopicImage there = byId ? image.topic(topic.topicId()) : image.topic(topic.name());
      return new Wanted(
          topic,
          Presence.of(
              there, byId, topic.partitions(), OffsetCommitRequestPartition::partitionIndex));
    }

    /** What of it is there, with its name and id; null when nothing is. */
    @Nullable OffsetCommitRequestTopic known() {
      TopicImage there = presence.topic();
      return there == null || !presence.isAny()
          ? null
          : OffsetCommitRequestTopic.builder()
              .name(there.name())
              .topicId(there.id())
              .partitions(presence.there())
              .build();
    }
  }

  /** Puts the coordinator's answers into the places of the partitions that it was asked about. */
  private static OffsetCommitResponse response(
      List<Wanted> all, List<OffsetCommitResponseTopic> committed) {
    Iterator<OffsetCommitResponseTopic> answers = committed.iterator();
    List<OffsetCommitResponseTopic> topics = new ArrayList<>(all.size());
    for (Wanted wanted : all) {
      Presence<OffsetCommitRequestPartition> presence = wanted.presence();
      topics.add(
          OffsetCommitResponseTopic.builder()
              .name(wanted.topic().name())
              .topicId(wanted.topic().topicId())
              .partitions(
                  presence.answers(
                      presence.isAny() ? answers.next().partitions() : List.of(),
                      (partition, error) ->
                          OffsetCommitResponsePartition.builder()
                              .partitionIndex(partition.partitionIndex())
                              .errorCode(error)
                              .build()))
              .build());
    }
    return OffsetCommitResponse.builder().topics(topics).build();
  }
}
