package dev.millrace.log;

import dev.millrace.log.index.AbortedTransaction;
import dev.millrace.log.producer.Producer;
import dev.millrace.log.producer.ProducerRules;
import dev.millrace.log.producer.ProducerRules.Check;
import dev.millrace.log.producer.ProducerRules.Verdict;
import dev.millrace.log.producer.ProducerStates;
import dev.millrace.log.segment.Segment;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.WireException;
import dev.millrace.wire.records.ControlRecord;
import dev.millrace.wire.records.ControlRecord.EndTransaction;
import dev.millrace.wire.records.RecordBatch;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the batches of one append mean for their producers: judged first, applied when the bytes are
 * in the log, so that a failed write leaves no trace. Belongs to the partition's lock.
 */
final class ProducerAppend {
  private final ProducerStates states;
  private final Check check;
  private final List<Change> changes = new ArrayList<>(1);

  private record Change(Verdict.Accepted accepted, long lastOffset, boolean isAbort) {}

  ProducerAppend(ProducerStates states, Check check) {
    this.states = states;
    this.check = check;
  }

  /** Judges the next batch. Returns null when it may enter the log, else the objection. */
  @Nullable Verdict judge(RecordBatch batch, long firstOffset) {
    // a compaction by Apache Kafka may have left a marker without its record
    boolean isEmptied = check == Check.NOTHING && batch.isControl() && batch.recordCount() == 0;
    if (!batch.hasProducer() || isEmptied) {
      return null;
    }
    EndTransaction marker = null;
    if (batch.isControl()) {
      try {
        if (!(ControlRecord.of(batch) instanceof EndTransaction end)) {
          return null;
        }
        marker = end;
      } catch (WireException malformed) {
        return new Verdict.Refused(
            ErrorCode.INVALID_RECORD, "control batch is malformed: " + malformed.getMessage());
      }
    }
    Producer known = known(batch.producerId());
    Verdict verdict =
        marker == null
            ? ProducerRules.records(known, batch, firstOffset, check)
            : ProducerRules.marker(known, batch, marker, check);
    if (verdict instanceof Verdict.Accepted accepted) {
      long lastOffset = firstOffset + batch.lastOffsetDelta();
      changes.add(new Change(accepted, lastOffset, marker != null && !marker.isCommit()));
      return null;
    }
    return verdict;
  }

  /** Takes over what was judged; aborted transactions go into the segment's index. */
  void apply(Segment segment) {
    for (Change change : changes) {
      states.apply(change.accepted.producer());
      long first = change.accepted.endedFirstOffset();
      if (first != Producer.NONE) {
        if (change.isAbort) {
          segment
              .transactions()
              .append(
                  new AbortedTransaction(
                      change.accepted.producer().id(),
                      first,
                      change.lastOffset,
                      states.stableAfter(change.lastOffset)));
        }
        states.ended(first, change.lastOffset);
      }
    }
  }

  private @Nullable Producer known(long id) {
    for (int i = changes.size() - 1; i >= 0; i--) {
      if (changes.get(i).accepted.producer().id() == id) {
        return changes.get(i).accepted.producer();
      }
    }
    return states.producer(id);
  }
}
