package dev.millrace.wire.records;

import dev.millrace.wire.Message;
import dev.millrace.wire.WireReader;
import dev.millrace.wire.WireWriter;
import dev.millrace.wire.message.EndTxnMarker;
import dev.millrace.wire.message.KRaftVersionRecord;
import dev.millrace.wire.message.LeaderChangeMessage;
import dev.millrace.wire.message.SnapshotFooterRecord;
import dev.millrace.wire.message.SnapshotHeaderRecord;
import dev.millrace.wire.message.VotersRecord;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What a control batch holds instead of an application's record. It takes an offset and is never
 * given to applications; types that are not known are passed over.
 *
 * <pre>
 *   key    version int16 (0), type int16
 *   value  version int16 (of the message), message     end of a transaction
 *          message                                     all other types
 * </pre>
 */
public sealed interface ControlRecord {
  short ABORT = 0;
  short COMMIT = 1;
  short LEADER_CHANGE = 2;
  short SNAPSHOT_HEADER = 3;
  short SNAPSHOT_FOOTER = 4;
  short KRAFT_VERSION = 5;
  short KRAFT_VOTERS = 6;

  /** The number in the record's key. */
  short type();

  /** The record's value, or null where there is none. */
  @Nullable ByteBuffer value();

  /** A transaction of the batch's producer ended in this partition (KIP-98). */
  record EndTransaction(boolean isCommit, int coordinatorEpoch) implements ControlRecord {
    @Override
    public short type() {
      return isCommit ? COMMIT : ABORT;
    }

    @Override
    public ByteBuffer value() {
      EndTxnMarker marker = new EndTxnMarker(coordinatorEpoch);
      short version = EndTxnMarker.HIGHEST_VERSION;
      ByteBuffer value = ByteBuffer.allocate(Short.BYTES + marker.size(version));
      WireWriter out = new WireWriter(value);
      out.int16(version);
      marker.write(out, version);
      return value.flip();
    }
  }

  /** A leader of the metadata quorum begins its epoch (KIP-595). */
  record LeaderChange(LeaderChangeMessage message) implements ControlRecord {
    @Override
    public short type() {
      return LEADER_CHANGE;
    }

    @Override
    public ByteBuffer value() {
      return bytes(message, message.versionValue());
    }
  }

  /** First record of a snapshot (KIP-630). */
  record SnapshotHeader(SnapshotHeaderRecord message) implements ControlRecord {
    @Override
    public short type() {
      return SNAPSHOT_HEADER;
    }

    @Override
    public ByteBuffer value() {
      return bytes(message, message.versionValue());
    }
  }

  /** Last record of a snapshot (KIP-630). */
  record SnapshotFooter(SnapshotFooterRecord message) implements ControlRecord {
    @Override
    public short type() {
      return SNAPSHOT_FOOTER;
    }

    @Override
    public ByteBuffer value() {
      return bytes(message, message.versionValue());
    }
  }

  /** The finalized kraft.version (KIP-853). */
  record KraftVersion(KRaftVersionRecord message) implements ControlRecord {
    @Override
    public short type() {
      return KRAFT_VERSION;
    }

    @Override
    public ByteBuffer value() {
      return bytes(message, message.versionValue());
    }
  }

  /** The voters of the metadata quorum (KIP-853). */
  record KraftVoters(VotersRecord message) implements ControlRecord {
    @Override
    public short type() {
      return KRAFT_VOTERS;
    }

    @Override
    public ByteBuffer value() {
      return bytes(message, message.versionValue());
    }
  }

  /** A type that this release does not know. */
  record Unknown(short type) implements ControlRecord {
    @Override
    public @Nullable ByteBuffer value() {
      return null;
    }
  }

  /** The record's key. */
  default ByteBuffer key() {
    return ByteBuffer.allocate(2 * Short.BYTES).putShort((short) 0).putShort(type()).flip();
  }

  /**
   * The only record of a control batch.
   *
   * @throws CorruptRecordsException when the batch has no record, or none of this form
   */
  static ControlRecord of(RecordBatch batch) {
    try (RecordCursor records = batch.records()) {
      if (!records.next()) {
        throw new CorruptRecordsException("control batch is empty, offset=" + batch.baseOffset());
      }
      return read(records.key(), records.value());
    }
  }

  /**
   * Reads a control record.
   *
   * @throws dev.millrace.wire.WireException when the bytes are not of this form
   */
  static ControlRecord read(@Nullable ByteBuffer key, @Nullable ByteBuffer value) {
    if (key == null) {
      throw new CorruptRecordsException("control record has no key");
    }
    WireReader keyIn = new WireReader(key.duplicate());
    short version = keyIn.int16();
    if (version < 0) {
      throw new CorruptRecordsException("control record has no version, version=" + version);
    }
    short type = keyIn.int16();
    if (value == null || type < ABORT || type > KRAFT_VOTERS) {
      return new Unknown(type);
    }
    return readValue(type, value.duplicate());
  }

  private static ControlRecord readValue(short type, ByteBuffer value) {
    WireReader in = new WireReader(value);
    return switch (type) {
      case ABORT, COMMIT -> {
        in.int16();
        // later versions only add fields at the end
        EndTxnMarker marker = EndTxnMarker.read(in, EndTxnMarker.HIGHEST_VERSION);
        yield new EndTransaction(type == COMMIT, marker.coordinatorEpoch());
      }
      case LEADER_CHANGE ->
          new LeaderChange(
              LeaderChangeMessage.read(in, version(value, LeaderChangeMessage.HIGHEST_VERSION)));
      case SNAPSHOT_HEADER ->
          new SnapshotHeader(
              SnapshotHeaderRecord.read(in, version(value, SnapshotHeaderRecord.HIGHEST_VERSION)));
      case SNAPSHOT_FOOTER ->
          new SnapshotFooter(
              SnapshotFooterRecord.read(in, version(value, SnapshotFooterRecord.HIGHEST_VERSION)));
      case KRAFT_VERSION ->
          new KraftVersion(
              KRaftVersionRecord.read(in, version(value, KRaftVersionRecord.HIGHEST_VERSION)));
      case KRAFT_VOTERS ->
          new KraftVoters(VotersRecord.read(in, version(value, VotersRecord.HIGHEST_VERSION)));
      default -> new Unknown(type);
    };
  }

  /** These messages begin with their own version. */
  private static short version(ByteBuffer value, short highest) {
    if (value.remaining() < Short.BYTES) {
      throw new CorruptRecordsException("control record is cut short");
    }
    short version = value.getShort(value.position());
    return version < 0 || version > highest ? highest : version;
  }

  private static ByteBuffer bytes(Message message, short version) {
    ByteBuffer value = ByteBuffer.allocate(message.size(version));
    message.write(new WireWriter(value), version);
    return value.flip();
  }
}
