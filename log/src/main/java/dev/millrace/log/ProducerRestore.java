package dev.millrace.log;

import dev.millrace.log.checkpoint.CorruptFileException;
import dev.millrace.log.producer.ProducerRules.Check;
import dev.millrace.log.producer.ProducerSnapshot;
import dev.millrace.log.producer.ProducerStates;
import dev.millrace.log.segment.BatchWalk;
import dev.millrace.log.segment.Segment;
import dev.millrace.log.segment.SegmentFiles;
import dev.millrace.wire.records.RecordBatch;
import java.nio.file.Path;
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
      if (isLast || segmentEnd > from) {
        saveAt(segment.baseOffset(), from);
        boolean isCut = segment.transactions().truncate(from);
        replay(segment, from);
        segment.transactions().flush();
        if (isCut || !isLast) {
          segment.transactions().sync();
        }
      }
    }
  }

  /** Where a segment begins there is always a snapshot, for the time when those before it go. */
  private void saveAt(long baseOffset, long from) {
    if (baseOffset > from) {
      Path path = files.path(baseOffset, SegmentFiles.SNAPSHOT);
      ProducerSnapshot.write(files.disk(), path, producers.all());
    }
  }

  /** Loads the newest snapshot that is not beyond the end; removes those that can't be used. */
  private long loadSnapshot(long firstOffset, long endOffset) {
    boolean isRemoved = false;
    long loaded = firstOffset;
    for (String name : files.disk().list(files.directory()).reversed()) {
      long offset = SegmentFiles.offset(name, SegmentFiles.SNAPSHOT);
      if (offset == SegmentFiles.NONE) {
        continue;
      }
      if (offset <= endOffset && load(name)) {
        loaded = offset;
        break;
      }
      files.disk().delete(files.directory().resolve(name));
      isRemoved = true;
    }
    if (isRemoved) {
      // or it would be there again after a crash, when the log has other records
      files.disk().syncDirectory(files.directory());
    }
    return loaded;
  }

  private boolean load(String name) {
    try {
      ProducerSnapshot.read(files.disk(), files.directory().resolve(name))
          .forEach(producers::apply);
      return true;
    } catch (CorruptFileException corrupt) {
      LOGGER.log(System.Logger.Level.WARNING, "passing over: " + corrupt.getMessage());
      return false;
    }
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
