package dev.millrace.replica;

import dev.millrace.log.PartitionLog;
import dev.millrace.log.TimeLookup;
import dev.millrace.replica.OffsetQuery.Limit;
import dev.millrace.wire.ErrorCode;

/** Finds the offset that belongs to a time, as far as the asker may see. */
final class OffsetLookup {
  private final PartitionLog log;
  private final Leadership leadership;
  private final Bounds bounds;
  private final OffsetQuery query;

  private OffsetLookup(PartitionLog log, Leadership leadership, Bounds bounds, OffsetQuery query) {
    this.log = log;
    this.leadership = leadership;
    this.bounds = bounds;
    this.query = query;
  }

  static OffsetAnswer answer(
      PartitionLog log, Leadership leadership, Bounds bounds, OffsetQuery query) {
    return new OffsetLookup(log, leadership, bounds, query).answer();
  }

  private OffsetAnswer answer() {
    long timestampMs = query.timestampMs();
    if (timestampMs == OffsetQuery.LATEST) {
      return isBehind() ? notAvailable() : at(end(), leadership.epoch());
    }
    if (timestampMs == OffsetQuery.EARLIEST || timestampMs == OffsetQuery.EARLIEST_LOCAL) {
      return at(bounds.logStartOffset(), log.epochs().epochOf(bounds.logStartOffset()));
    }
    if (timestampMs == OffsetQuery.MAX_TIMESTAMP) {
      return found(log.offsetForMaxTime());
    }
    return timestampMs >= 0 ? found(log.offsetForTime(timestampMs)) : OffsetAnswer.NONE;
  }

  private OffsetAnswer found(TimeLookup lookup) {
    return switch (lookup) {
      case TimeLookup.Found found when found.offset() < end() ->
          new OffsetAnswer(
              ErrorCode.NONE, found.offset(), found.timestampMs(), found.leaderEpoch());
      case TimeLookup.Failed failed -> OffsetAnswer.failed(failed.error());
      default -> isBehind() ? notAvailable() : OffsetAnswer.NONE;
    };
  }

  private long end() {
    return switch (query.limit()) {
      case HIGH_WATERMARK -> bounds.highWatermark();
      case LAST_STABLE_OFFSET -> bounds.lastStableOffset();
      case LOG_END -> log.endOffset();
    };
  }

  /**
   * Whether this leader does not know yet how far its predecessor told consumers: until its high
   * watermark is where its epoch began, an answer could go back (KIP-207).
   */
  private boolean isBehind() {
    return query.limit() != Limit.LOG_END && leadership.startOffset() > bounds.highWatermark();
  }

  private static OffsetAnswer notAvailable() {
    return OffsetAnswer.failed(ErrorCode.OFFSET_NOT_AVAILABLE);
  }

  private static OffsetAnswer at(long offset, int epoch) {
    return new OffsetAnswer(ErrorCode.NONE, offset, -1, epoch);
  }
}
