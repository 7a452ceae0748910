package dev.millrace.broker.share;

import dev.millrace.base.disk.FileRegion;
import dev.millrace.replica.ReadOutcome;
import dev.millrace.replica.ReadOutcome.AbortedTransaction;
import dev.millrace.replica.share.AcquiredRecords;
import dev.millrace.replica.share.FoundBatch;
import dev.millrace.wire.RecordBytes;
import dev.millrace.wire.records.RecordBatch;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The batches of a read, by their headers alone: records stay where they lie and are not looked
 * into.
 */
final class BatchScan {
  private final RecordBytes records;
  private final PriorityQueue<AbortedTransaction> aborted =
      new PriorityQueue<>(Comparator.comparingLong(AbortedTransaction::firstOffset));
  private final Set<Long> aborting = new HashSet<>();
  private final List<FoundBatch> batches = new ArrayList<>();
  private final List<Integer> ends = new ArrayList<>();

  private BatchScan(RecordBytes records, @Nullable List<AbortedTransaction> aborted) {
    this.records = records;
    if (aborted != null) {
      this.aborted.addAll(aborted);
    }
  }

  /**
   * Scans what was read. Waits for the disk when the bytes do.
   *
   * @param recordsMax after so many offsets it has seen enough
   */
  static BatchScan of(ReadOutcome.Found found, int recordsMax) {
    BatchScan scan = new BatchScan(found.records(), found.aborted());
    scan.scan(recordsMax);
    return scan;
  }

  /** The whole batches that were found, in order. */
  List<FoundBatch> batches() {
    return batches;
  }

  private void scan(int recordsMax) {
    ByteBuffer header = ByteBuffer.allocate(RecordBatch.HEADER_BYTES);
    long offsets = 0;
    int at = 0;
    while (offsets < recordsMax && read(header, at)) {
      int size = (int) Math.min(RecordBatch.claimedSizeBytes(header, 0), Integer.MAX_VALUE);
      if (size < RecordBatch.HEADER_BYTES || size > records.size() - at) {
        return;
      }
      add(RecordBatch.at(header, 0));
      at += size;
      ends.add(at);
      FoundBatch last = batches.getLast();
      offsets += last.deliverable() ? last.last() - last.first() + 1 : 0;
    }
  }

  private boolean read(ByteBuffer header, int at) {
    header.clear();
    if (records.size() - at < header.capacity()) {
      return false;
    }
    switch (records) {
      case RecordBytes.InMemory memory -> {
        ByteBuffer view = memory.view();
        header.put(0, view, view.position() + at, header.capacity());
      }
      case RecordBytes.InFile file ->
          file.region().file().read(header, file.region().position() + at);
    }
    header.clear();
    return true;
  }

  private void add(RecordBatch batch) {
    boolean deliverable = !batch.isControl() && !isAborted(batch);
    if (batch.isControl()) {
      aborting.remove(batch.producerId());
    }
    batches.add(new FoundBatch(batch.baseOffset(), batch.lastOffset(), deliverable));
  }

  private boolean isAborted(RecordBatch batch) {
    for (AbortedTransaction next = aborted.peek();
        next != null && next.firstOffset() <= batch.lastOffset();
        next = aborted.peek()) {
      aborting.add(next.producerId());
      aborted.remove();
    }
    return batch.isTransactional() && aborting.contains(batch.producerId());
  }

  /** The bytes of the batches that hold what was acquired, and of those between them. */
  RecordBytes bytesOf(List<AcquiredRecords> acquired) {
    long first = acquired.getFirst().first();
    long last = acquired.getLast().last();
    int from = -1;
    int to = 0;
    for (int i = 0; i < batches.size(); i++) {
      FoundBatch batch = batches.get(i);
      if (batch.last() >= first && batch.first() <= last) {
        from = from == -1 ? (i == 0 ? 0 : ends.get(i - 1)) : from;
        to = ends.get(i);
      }
    }
    return from == -1 ? RecordBytes.EMPTY : slice(from, to);
  }

  private RecordBytes slice(int from, int to) {
    return switch (records) {
      case RecordBytes.InMemory memory -> {
        ByteBuffer view = memory.view();
        yield RecordBytes.of(view.slice(view.position() + from, to - from));
      }
      case RecordBytes.InFile file -> {
        FileRegion region = file.region();
        yield RecordBytes.of(new FileRegion(region.file(), region.position() + from, to - from));
      }
    };
  }
}
