package dev.millrace.coordinator.share;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.coordinator.KeyValue;
import dev.millrace.coordinator.share.record.RecordKinds;
import dev.millrace.coordinator.share.record.ShareSnapshotKey;
import dev.millrace.coordinator.share.record.ShareSnapshotValue;
import dev.millrace.coordinator.share.record.ShareUpdateKey;
import dev.millrace.coordinator.share.record.ShareUpdateValue;
import dev.millrace.wire.Message;
import dev.millrace.wire.WireReader;
import dev.millrace.wire.WireWriter;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The records of {@code __share_group_state}.
 *
 * <pre>
 *   key:    int16 kind (0 snapshot, 1 update), group, topic id, partition
 *   value:  int16 version, then the value; a snapshot without one deletes the state
 * </pre>
 *
 * See docs/formats/share-group-state.md.
 */
final class ShareRecords {
  private static final short VERSION = 0;

  private ShareRecords() {}

  static KeyValue snapshot(ShareKey key, ShareState state) {
    ShareSnapshotValue value =
        ShareSnapshotValue.builder()
            .snapshotEpoch(state.snapshotEpoch())
            .stateEpoch(state.stateEpoch())
            .leaderEpoch(state.leaderEpoch())
            .startOffset(state.startOffset())
            .deliveryCompleteCount(state.deliveryCompleteCount())
            .createTimestamp(state.times().createdMs())
            .writeTimestamp(state.times().writtenMs())
            .stateBatches(state.batches().stream().map(ShareRecords::snapshotBatch).toList())
            .build();
    return new KeyValue(snapshotKey(key), prefixed(VERSION, value));
  }

  static KeyValue update(ShareKey key, int snapshotEpoch, ShareState.Change change) {
    ShareUpdateValue value =
        ShareUpdateValue.builder()
            .snapshotEpoch(snapshotEpoch)
            .leaderEpoch(change.leaderEpoch())
            .startOffset(change.startOffset())
            .deliveryCompleteCount(change.deliveryCompleteCount())
            .stateBatches(change.batches().stream().map(ShareRecords::updateBatch).toList())
            .build();
    ShareUpdateKey update = new ShareUpdateKey(key.groupId(), key.topicId(), key.partition());
    return new KeyValue(prefixed(ShareUpdateKey.KIND, update), prefixed(VERSION, value));
  }

  static KeyValue gone(ShareKey key) {
    return new KeyValue(snapshotKey(key), null);
  }

  /** The key of a record, or null when this release does not know its kind. */
  static @Nullable Message readKey(Bytes key) {
    WireReader in = new WireReader(key.buffer());
    return RecordKinds.readKey(in.int16(), in, VERSION);
  }

  static ShareState readSnapshot(Bytes bytes) {
    WireReader in = new WireReader(bytes.buffer());
    ShareSnapshotValue value = ShareSnapshotValue.read(in, in.int16());
    return new ShareState(
        value.snapshotEpoch(),
        value.stateEpoch(),
        value.leaderEpoch(),
        value.startOffset(),
        value.deliveryCompleteCount(),
        new ShareState.Times(value.createTimestamp(), value.writeTimestamp()),
        value.stateBatches().stream()
            .map(one ->
                new DeliveryBatch(
                    one.firstOffset(), one.lastOffset(), one.deliveryState(), one.deliveryCount()))
            .toList());
  }

  static ShareUpdateValue readUpdate(Bytes bytes) {
    WireReader in = new WireReader(bytes.buffer());
    return ShareUpdateValue.read(in, in.int16());
  }

  static ShareState.Change change(ShareUpdateValue value) {
    List<DeliveryBatch> batches =
        value.stateBatches().stream()
            .map(one ->
                new DeliveryBatch(
                    one.firstOffset(), one.lastOffset(), one.deliveryState(), one.deliveryCount()))
            .toList();
    return new ShareState.Change(
        value.leaderEpoch(), value.startOffset(), value.deliveryCompleteCount(), batches);
  }

  private static ShareSnapshotValue.StateBatch snapshotBatch(DeliveryBatch one) {
    return new ShareSnapshotValue.StateBatch(
        one.first(), one.last(), one.state(), one.deliveryCount());
  }

  private static ShareUpdateValue.StateBatch updateBatch(DeliveryBatch one) {
    return new ShareUpdateValue.StateBatch(
        one.first(), one.last(), one.state(), one.deliveryCount());
  }

  private static Bytes snapshotKey(ShareKey key) {
    return prefixed(
        ShareSnapshotKey.KIND, new ShareSnapshotKey(key.groupId(), key.topicId(), key.partition()));
  }

  private static Bytes prefixed(short prefix, Message message) {
    ByteBuffer buffer = ByteBuffer.allocate(Short.BYTES + message.size(VERSION));
    WireWriter out = new WireWriter(buffer);
    out.int16(prefix);
    message.write(out, VERSION);
    return Bytes.copyOf(buffer.array());
  }
}
