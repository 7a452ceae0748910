package dev.millrace.log;

import dev.millrace.log.checkpoint.CorruptFileException;
import dev.millrace.log.producer.ProducerRules.Check;
import dev.millrace.log.producer.ProducerSnapshot;
import dev.millrace.log.producer.ProducerStates;
import dev.millrace.log.segment.BatchWalk;
import dev.millrace.log.segment.Segment;
import dev.millrace.log.segment.SegmentFiles;
import dev.millrace.wire.records.RecordBatch;
import java.util.List;

/**
 * Brings producers, and with them the indexes of aborted transactions, to the end of a log: the
 * newest snapshot that is whole, and the batches after it.
 */
final class ProducerRestore {
  private static final System.Logger LOGGER = System.getLogger(ProducerRestore.class.getName());

  private final SegmentFiles files;
  private final ProducerStates producers;

  ProducerRestore(SegmentFiles files, ProducerStates producers) {
    this.files = files;
    this.producers = producers;
  }

  /** Restores the producers as of {@code endOffset}, where the last of the segments ends. */
  void run(List<Segment> segments, long endOffset) {
    producers.clear();
    long from = loadSnapshot(segments.getFirst().baseOffset(), endOffset);
    for (int i = 0; i < segments.size(); i++) {
      Segment segment = segments.get(i);
      boolean isLast = i == segments.size() - 1;
      long segmentEnd = isLast ? endOffset : segments.get(i + 1).baseOffset();
      if (segmentEnd > from) {
        segment.transactions().truncate(from);
        replay(segment, from);
        segment.transactions().flush();
      }
    }
  }

  /** Loads the newest snapshot that is not beyond the end; removes those that can't be used. */
  private long loadSnapshot(long firstOffset, long endOffset) {
    for (String name : files.disk().list(files.directory()).reversed()) {
      long offset = SegmentFiles.offset(name, SegmentFiles.SNAPSHOT);
      if (offset == SegmentFiles.NONE) {
        continue;
      }
      if (offset <= endOffset) {
        try {
          ProducerSnapshot.read(files.disk(), files.directory().resolve(name))
              .forEach(producers::apply);
          return offset;
        } catch (CorruptFileException corrupt) {
          LOGGER.log(System.Logger.Level.WARNING, "passing over: " + corrupt.getMessage());
        }
      }
      files.disk().delete(files.directory().resolve(name));
    }
    return firstOffset;
  }

  private void replay(Segment segment, long from) {
    for (BatchWalk walk = segment.walkFrom(from); walk.isAtBatch(); walk.next()) {
      RecordBatch header = walk.header();
      if (header.hasProducer()) {
        RecordBatch batch = header.isControl() ? walk.whole() : header;
        ProducerAppend change = new ProducerAppend(producers, Check.NOTHING);
        change.judge(batch, batch.baseOffset());
        change.apply(segment);
      }
    }
  }
}
