package dev.millrace.broker.share;

import dev.millrace.base.disk.DiskException;
import dev.millrace.replica.Bounds;
import dev.millrace.replica.Partition;
import dev.millrace.replica.ReadOutcome;
import dev.millrace.replica.ReadQuery;
import dev.millrace.replica.share.AcquiredRecords;
import dev.millrace.replica.share.Reading;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.RecordBytes;
import dev.millrace.wire.WireException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One look at the partitions of a share fetch, in order: first everything is read that is there,
 * then, when it is enough, records are acquired until the fetch has all it wants.
 *
 * <p>A look on an event loop takes recent bytes only and gives up at the first partition that would
 * have to give others; a look of an owner that may wait takes all.
 */
final class SharePass {
  private final ShareSession session;
  private final SharedPartitions shared;
  private final FetchWish wish;
  private final Map<Place, SharedPartition> used;
  private final boolean mayWait;
  private final ShareRules.Rules rules;
  private final List<Seen> seen = new ArrayList<>();
  private final List<Outcome> outcomes = new ArrayList<>();
  private final List<Candidate> candidates = new ArrayList<>();
  private int bytes;
  private long records;
  private boolean gaveUp;
  private boolean failed;

  /**
   * What a fetch gets of a partition.
   *
   * @param acquired empty after an error
   */
  record Outcome(
      Place place,
      SharedPartition.Result result,
      RecordBytes bytes,
      List<AcquiredRecords> acquired) {
    static Outcome failed(Place place, SharedPartition.Result result) {
      return new Outcome(place, result, RecordBytes.EMPTY, List.of());
    }
  }

  /**
   * A partition as it was when it was looked at, to wait on.
   *
   * @param full whether nothing may be acquired whatever the log gets
   */
  record Seen(SharedPartition partition, long version, long bytes, boolean full) {}

  private record Candidate(Place place, SharedPartition partition, long from, BatchScan scan) {}

  /**
   * @param used the partitions of the looks before this one: when one of them ends, the fetch hears
   *     why
   */
  SharePass(
      ShareSession session,
      SharedPartitions shared,
      FetchWish wish,
      Map<Place, SharedPartition> used,
      boolean mayWait) {
    this.used = used;
    this.session = session;
    this.shared = shared;
    this.wish = wish;
    this.mayWait = mayWait;
    this.rules = shared.parts().rules().of(session.id().groupId());
  }

  /** Looks at all partitions. Returns false when that can't be done without the disk. */
  boolean look() {
    for (Place place : session.places()) {
      look(place);
      if (gaveUp) {
        return false;
      }
    }
    return true;
  }

  /** Whether there is something that must not wait: bytes enough, or an error. */
  boolean isEnough() {
    return failed || (!candidates.isEmpty() && bytes >= wish.bytesMin());
  }

  /**
   * Acquires from what was read. Returns false when others were faster, or what was read is
   * nobody's to have: another look may find more.
   */
  boolean acquire() {
    for (Candidate candidate : candidates) {
      if (records < wish.recordsMax()) {
        acquire(candidate);
      }
    }
    return records > 0 || failed || candidates.isEmpty();
  }

  List<Outcome> outcomes() {
    return outcomes;
  }

  List<Seen> seen() {
    return seen;
  }

  private void look(Place place) {
    SharedPartition partition =
        used.computeIfAbsent(place, _ -> shared.open(place.of(session.id().groupId())));
    if (partition == null) {
      fail(
          place,
          new SharedPartition.Result(shared.whyAbsent(place.of(session.id().groupId())), null));
      return;
    }
    long version = partition.version();
    Bounds bounds = partition.log().bounds();
    long from = partition.nextOffset(rules.limits());
    if (from < 0) {
      if (!partition.ending().isDone()) {
        fail(place, partition.ending());
      } else {
        seen.add(new Seen(partition, version, 0, true));
      }
      return;
    }
    seen.add(new Seen(partition, version, bounds.bytes(rules.committedOnly()), false));
    if (from < bounds.end(rules.committedOnly()) && (bytes < wish.bytesMax() || bytes == 0)) {
      read(place, partition, from);
    }
  }

  private void read(Place place, SharedPartition partition, long from) {
    Partition log = partition.log();
    if (!mayWait && !log.isRecent(from)) {
      gaveUp = true;
      return;
    }
    ReadQuery query =
        new ReadQuery(
            from,
            ReadQuery.NO_EPOCH,
            ReadQuery.NO_EPOCH,
            wish.bytesMax() - bytes,
            bytes == 0,
            rules.committedOnly());
    try {
      switch (log.read(query)) {
        case ReadOutcome.Found found -> take(place, partition, from, found);
        case ReadOutcome.Failed refused -> fail(place, refused.error());
        case ReadOutcome.Diverged _ -> fail(place, ErrorCode.UNKNOWN_SERVER_ERROR);
      }
    } catch (DiskException fault) {
      fail(place, ErrorCode.KAFKA_STORAGE_ERROR);
    } catch (WireException fault) {
      fail(place, ErrorCode.CORRUPT_MESSAGE);
    }
  }

  private void take(Place place, SharedPartition partition, long from, ReadOutcome.Found found) {
    if (found.records() instanceof RecordBytes.InFile inFile && !found.recent() && mayWait) {
      inFile.region().file().load(inFile.region().position(), inFile.size());
    }
    BatchScan scan = BatchScan.of(found, wish.recordsMax());
    if (!scan.batches().isEmpty()) {
      bytes += found.records().size();
      candidates.add(new Candidate(place, partition, from, scan));
    }
  }

  private void acquire(Candidate candidate) {
    List<AcquiredRecords> acquired =
        candidate
            .partition()
            .acquire(
                session.id().memberId(),
                wish.query(records),
                new Reading(candidate.from(), candidate.scan().batches()),
                rules.limits());
    if (acquired.isEmpty()) {
      return;
    }
    boolean live = session.hold(candidate.place());
    for (AcquiredRecords run : acquired) {
      records += run.count();
    }
    outcomes.add(
        new Outcome(
            candidate.place(),
            SharedPartition.Result.DONE,
            candidate.scan().bytesOf(acquired),
            acquired));
    if (!live) {
      candidate.partition().release(session.id().memberId(), rules.limits());
    }
  }

  private void fail(Place place, ErrorCode error) {
    fail(place, new SharedPartition.Result(error, null));
  }

  private void fail(Place place, SharedPartition.Result result) {
    failed = true;
    outcomes.add(Outcome.failed(place, result));
  }
}
