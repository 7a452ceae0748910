package dev.millrace.coordinator.group;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.coordinator.KeyValue;
import dev.millrace.coordinator.record.GroupMetadataKey;
import dev.millrace.coordinator.record.GroupMetadataValue;
import dev.millrace.coordinator.record.GroupMetadataValue.MemberMetadata;
import dev.millrace.coordinator.record.OffsetCommitKey;
import dev.millrace.wire.Message;
import dev.millrace.wire.message.JoinGroupRequest.JoinGroupRequestProtocol;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The records of {@code __consumer_offsets} that this room writes and reads.
 *
 * <p>Kinds 0 and 1 are offsets, kind 2 is a classic group. See docs/formats/consumer-offsets.md.
 */
final class GroupRecords {
  /** The version Kafka 4.3 writes: the highest without tagged fields. */
  private static final short GROUP_VALUE_VERSION = 3;

  private GroupRecords() {}

  /** A group with its members; {@code assignments} gives each member's assignment. */
  static KeyValue group(ClassicGroup group, Function<Member, Bytes> assignments) {
    List<MemberMetadata> members = new ArrayList<>(group.size());
    for (Member member : group.members()) {
      members.add(member(group, member, member.id(), member.profile(), assignments.apply(member)));
    }
    return group(group, group.leader(), members);
  }

  static KeyValue group(ClassicGroup group, @Nullable String leader, List<MemberMetadata> members) {
    String type = group.protocolType();
    return KeyValue.of(
        groupKey(group.id()),
        GroupMetadataValue.builder()
            .protocolType(type == null ? "" : type)
            .generation(group.generation())
            .protocol(group.protocol())
            .leader(leader)
            .currentStateTimestamp(group.stateSinceMs())
            .members(members)
            .build(),
        GROUP_VALUE_VERSION);
  }

  static KeyValue group(String groupId, GroupMetadataValue value) {
    return KeyValue.of(groupKey(groupId), value, GROUP_VALUE_VERSION);
  }

  static MemberMetadata member(
      ClassicGroup group, Member member, String id, Member.Profile profile, Bytes assignment) {
    String protocol = group.protocol();
    return MemberMetadata.builder()
        .memberId(id)
        .groupInstanceId(member.instanceId())
        .clientId(profile.client().clientId())
        .clientHost(profile.client().host())
        .rebalanceTimeout(profile.rebalanceTimeoutMs())
        .sessionTimeout(profile.sessionTimeoutMs())
        .subscription(protocol == null ? Bytes.EMPTY : profile.metadata(protocol))
        .assignment(assignment)
        .build();
  }

  /** A member as a record tells of it. It knows the metadata of the group's protocol only. */
  static Member member(GroupMetadataValue group, MemberMetadata stored, Deadline session) {
    String protocol = group.protocol();
    int rebalanceTimeoutMs = stored.rebalanceTimeout();
    return new Member(
        stored.memberId(),
        stored.groupInstanceId(),
        new Member.Profile(
            new GroupClient(stored.clientId(), stored.clientHost()),
            rebalanceTimeoutMs == -1 ? stored.sessionTimeout() : rebalanceTimeoutMs,
            stored.sessionTimeout(),
            group.protocolType(),
            protocol == null
                ? List.of()
                : List.of(
                    JoinGroupRequestProtocol.builder()
                        .name(protocol)
                        .metadata(stored.subscription())
                        .build())),
        session);
  }

  static KeyValue groupGone(String group) {
    return KeyValue.of(groupKey(group), null, GROUP_VALUE_VERSION);
  }

  static KeyValue offset(String group, String topic, int partition, CommittedOffset offset) {
    return KeyValue.of(offsetKey(group, topic, partition), offset.value(), offset.valueVersion());
  }

  static KeyValue offsetGone(String group, String topic, int partition) {
    return KeyValue.of(offsetKey(group, topic, partition), null, (short) 0);
  }

  /** The key of a record, or null when this release does not know its kind. */
  static @Nullable Message readKey(Bytes key) {
    return new KeyValue(key, null).readKey();
  }

  /** The value that belongs to {@code key}. */
  static @Nullable Message readValue(Message key, Bytes value) {
    return new KeyValue(Bytes.EMPTY, value).readValue(key);
  }

  private static GroupMetadataKey groupKey(String group) {
    return GroupMetadataKey.builder().group(group).build();
  }

  private static OffsetCommitKey offsetKey(String group, String topic, int partition) {
    return OffsetCommitKey.builder().group(group).topic(topic).partition(partition).build();
  }
}
