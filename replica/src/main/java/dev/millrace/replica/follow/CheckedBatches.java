package dev.millrace.replica.follow;

import dev.millrace.wire.records.CorruptRecordsException;
import dev.millrace.wire.records.RecordBatch;
import java.nio.ByteBuffer;

/** What of a leader's answer may go into the log. */
final class CheckedBatches {
  private CheckedBatches() {}

  /**
   * The whole batches from the end of the log on, whose checksums are right. They end at one that
   * is cut short by a size limit, and at one of a later leader epoch than is followed: that leader
   * knows more.
   *
   * @param records from position to limit; not changed
   * @param endOffset of the log; batches before it are there already
   * @return perhaps empty
   * @throws CorruptRecordsException when a batch is damaged
   */
  static ByteBuffer of(ByteBuffer records, long endOffset, int leaderEpoch) {
    int from = records.position();
    int at = from;
    while (records.limit() - at >= RecordBatch.HEADER_BYTES) {
      RecordBatch batch = RecordBatch.at(records, at);
      if (!batch.isWhole() || batch.partitionLeaderEpoch() > leaderEpoch) {
        break;
      }
      if (!batch.isIntact()) {
        throw new CorruptRecordsException(
            "copied batch has a wrong crc, baseOffset=" + batch.baseOffset());
      }
      at += batch.sizeBytes();
      from = batch.nextOffset() <= endOffset ? at : from;
    }
    return records.slice(from, at - from);
  }
}
