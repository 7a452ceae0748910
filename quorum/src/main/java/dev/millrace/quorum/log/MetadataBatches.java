package dev.millrace.quorum.log;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.quorum.image.MetadataException;
import dev.millrace.wire.Message;
import dev.millrace.wire.WireException;
import dev.millrace.wire.message.LeaderChangeMessage;
import dev.millrace.wire.message.LeaderChangeMessage.Voter;
import dev.millrace.wire.records.BatchBuilder;
import dev.millrace.wire.records.ControlRecord;
import dev.millrace.wire.records.RecordBatch;
import dev.millrace.wire.records.RecordCursor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Metadata records as record batches: never compressed, keys are null, values are frames. */
final class MetadataBatches {
  private MetadataBatches() {}

  static ByteBuffer data(long baseOffset, int epoch, long timestampMs, List<Message> records) {
    BatchBuilder batch = BatchBuilder.from(baseOffset).leaderEpoch(epoch);
    for (Message record : records) {
      batch.append(timestampMs, null, RecordFrame.write(record));
    }
    return batch.build();
  }

  static ByteBuffer control(long baseOffset, int epoch, long timestampMs, ControlRecord record) {
    ByteBuffer value = record.value();
    return BatchBuilder.from(baseOffset)
        .leaderEpoch(epoch)
        .control()
        .append(timestampMs, Bytes.copyOf(record.key()), value == null ? null : Bytes.copyOf(value))
        .build();
  }

  /** The control batch with which an epoch begins. */
  static ByteBuffer leaderChange(
      long baseOffset, int epoch, long timestampMs, int leader, List<Integer> voters) {
    List<Voter> all = voters.stream().map(id -> Voter.builder().voterId(id).build()).toList();
    LeaderChangeMessage message =
        LeaderChangeMessage.builder().leaderId(leader).voters(all).grantingVoters(all).build();
    return control(baseOffset, epoch, timestampMs, new ControlRecord.LeaderChange(message));
  }

  /**
   * The records of a batch; none when it is a control batch.
   *
   * @throws MetadataException when the batch is damaged
   */
  static List<Message> read(RecordBatch batch) {
    if (!batch.isIntact()) {
      throw damaged(batch, "its checksum is wrong");
    }
    if (batch.isControl()) {
      return List.of();
    }
    List<Message> records = new ArrayList<>(Math.max(0, Math.min(batch.recordCount(), 4096)));
    try (RecordCursor cursor = batch.records()) {
      while (cursor.next()) {
        ByteBuffer value = cursor.value();
        if (value == null) {
          throw damaged(batch, "a record has no value");
        }
        records.add(RecordFrame.read(value));
      }
    } catch (WireException wrong) {
      throw new MetadataException(
          "metadata batch is damaged, offset=" + batch.baseOffset() + ": " + wrong.getMessage(),
          wrong);
    }
    return records;
  }

  private static MetadataException damaged(RecordBatch batch, String how) {
    return new MetadataException(
        "metadata batch is damaged, offset=" + batch.baseOffset() + ": " + how);
  }
}
