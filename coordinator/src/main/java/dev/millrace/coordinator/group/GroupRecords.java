package dev.millrace.coordinator.group;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.coordinator.KeyValue;
import dev.millrace.coordinator.record.GroupMetadataKey;
import dev.millrace.coordinator.record.GroupMetadataValue;
import dev.millrace.coordinator.record.GroupMetadataValue.MemberMetadata;
import dev.millrace.coordinator.record.OffsetCommitKey;
import dev.millrace.coordinator.record.OffsetCommitValue;
import dev.millrace.coordinator.record.RecordKinds;
import dev.millrace.wire.Message;
import dev.millrace.wire.WireReader;
import dev.millrace.wire.WireWriter;
import dev.millrace.wire.message.JoinGroupRequest.JoinGroupRequestProtocol;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The records of {@code __consumer_offsets} that this room writes and reads.
 *
 * <pre>
 *   key:    int16 kind, then the key (versions of keys are not written)
 *   value:  int16 version, then the value; no value deletes the key
 * </pre>
 *
 * Kinds 0 and 1 are offsets, kind 2 is a classic group. See docs/formats/consumer-offsets.md.
 */
final class GroupRecords {
  /** The version Kafka 4.3 writes: the highest without tagged fields. */
  private static final short GROUP_VALUE_VERSION = 3;

  private static final short KEY_VERSION = 0;

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
    return new KeyValue(
        key(GroupMetadataKey.builder().group(group.id()).build()),
        value(
            GroupMetadataValue.builder()
                .protocolType(type == null ? "" : type)
                .generation(group.generation())
                .protocol(group.protocol())
                .leader(leader)
                .currentStateTimestamp(group.stateSinceMs())
                .members(members)
                .build(),
            GROUP_VALUE_VERSION));
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
    return new KeyValue(key(GroupMetadataKey.builder().group(group).build()), null);
  }

  static KeyValue offset(String group, String topic, int partition, CommittedOffset offset) {
    short version = offset.valueVersion();
    OffsetCommitValue value = offset.value();
    return new KeyValue(offsetKey(group, topic, partition), value(value, version));
  }

  static KeyValue offsetGone(String group, String topic, int partition) {
    return new KeyValue(offsetKey(group, topic, partition), null);
  }

  /** The key of a record, or null when this release does not know its kind. */
  static @Nullable Message readKey(Bytes key) {
    WireReader in = new WireReader(key.buffer());
    return RecordKinds.readKey(in.int16(), in, KEY_VERSION);
  }

  /** The value that belongs to {@code key}. */
  static @Nullable Message readValue(Message key, Bytes value) {
    WireReader in = new WireReader(value.buffer());
    short version = in.int16();
    return RecordKinds.readValue(RecordKinds.kindOf(key), in, version);
  }

  private static Bytes offsetKey(String group, String topic, int partition) {
    return key(OffsetCommitKey.builder().group(group).topic(topic).partition(partition).build());
  }

  private static Bytes key(Message key) {
    return prefixed(RecordKinds.kindOf(key), key, KEY_VERSION);
  }

  private static Bytes value(Message value, short version) {
    return prefixed(version, value, version);
  }

  private static Bytes prefixed(short prefix, Message message, short version) {
    ByteBuffer buffer = ByteBuffer.allocate(Short.BYTES + message.size(version));
    WireWriter out = new WireWriter(buffer);
    out.int16(prefix);
    message.write(out, version);
    return Bytes.copyOf(buffer.array());
  }
}
