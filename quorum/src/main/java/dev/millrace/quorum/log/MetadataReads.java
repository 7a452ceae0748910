package dev.millrace.quorum.log;

import dev.millrace.base.disk.Disk.Access;
import dev.millrace.base.disk.DiskException;
import dev.millrace.base.disk.DiskFile;
import dev.millrace.base.turns.Timeout;
import dev.millrace.base.turns.Turns;
import dev.millrace.log.PartitionLog;
import dev.millrace.log.ReadResult;
import dev.millrace.quorum.log.MetadataLog.SnapshotId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads committed metadata for nodes that follow it without a vote: batches from an offset on, or a
 * snapshot in chunks where the log begins later. A reader that has everything waits for the next
 * commit or the next epoch. Safe for any thread; reads in turns of the quorum's owner, where
 * answers are given, too.
 */
public final class MetadataReads {
  /** Most bytes of one answer; a single batch may be larger. */
  public static final int BYTES_MAX = 4 << 20;

  private static final int WAITING_MAX = 10_000;

  private final SoloLog.Parts parts;
  private final PartitionLog log;
  private final Snapshots snapshots;
  private final Turns turns;
  private final List<Waiting> waiting = new ArrayList<>();
  private int leader = -1;
  private int epoch;

  /**
   * What a follower asks for.
   *
   * @param offset of the first record that it does not have
   * @param knownEpoch of which it knows the leader
   * @param maxWaitMs how long it waits when there is nothing new
   */
  public record Wanted(long offset, int knownEpoch, int maxBytes, long maxWaitMs) {}

  /**
   * What it gets.
   *
   * @param records whole batches, perhaps none
   * @param snapshot that it has to read first, because the log begins later; then there are no
   *     records
   * @param endOffset the offset after the last committed record
   */
  public record Fetched(
      ByteBuffer records,
      @Nullable SnapshotId snapshot,
      long startOffset,
      long endOffset,
      int leader,
      int epoch) {}

  /**
   * A part of a snapshot.
   *
   * @param size of the whole, bytes
   */
  public record Chunk(ByteBuffer bytes, long size) {}

  private record Waiting(Wanted wanted, Consumer<Fetched> answer, Timeout timeout) {}

  MetadataReads(SoloLog.Parts parts, PartitionLog log) {
    this.parts = parts;
    this.log = log;
    this.turns = parts.turns();
    this.snapshots =
        new Snapshots(parts.disk(), parts.directory().path().resolve(SoloLog.PARTITION.toString()));
  }

  /** Answers a follower, now or later. */
  public void fetch(Wanted wanted, Consumer<Fetched> answer) {
    turns.submit(() -> {
      boolean isNew = wanted.offset < log.durableEnd() || wanted.knownEpoch != epoch;
      if (isNew || wanted.maxWaitMs <= 0 || waiting.size() >= WAITING_MAX) {
        answer.accept(read(wanted));
      } else {
        waiting.add(
            new Waiting(wanted, answer, turns.after(wanted.maxWaitMs, () -> endWait(answer))));
      }
    });
  }

  /** Answers with a part of a snapshot, or with null when it is gone. */
  public void chunk(SnapshotId id, long position, int maxBytes, Consumer<@Nullable Chunk> answer) {
    turns.submit(() -> answer.accept(read(id, position, maxBytes)));
  }

  /** Something was committed. In turns of the owner. */
  void committed() {
    if (!waiting.isEmpty()) {
      List<Waiting> all = List.copyOf(waiting);
      waiting.clear();
      for (Waiting one : all) {
        one.timeout.cancel();
        one.answer.accept(read(one.wanted));
      }
    }
  }

  /** Somebody leads. In turns of the owner. */
  void led(int newLeader, int newEpoch) {
    leader = newLeader;
    epoch = newEpoch;
    committed();
  }

  private void endWait(Consumer<Fetched> answer) {
    for (int i = 0; i < waiting.size(); i++) {
      if (waiting.get(i).answer == answer) {
        answer.accept(read(waiting.remove(i).wanted));
        return;
      }
    }
  }

  private Fetched read(Wanted wanted) {
    long end = log.durableEnd();
    ByteBuffer records = ByteBuffer.allocate(0);
    SnapshotId snapshot = null;
    if (wanted.offset < log.startOffset()) {
      snapshot = snapshots.newest();
    } else if (wanted.offset < end) {
      int bytes = Math.clamp(wanted.maxBytes, 1, BYTES_MAX);
      if (log.read(wanted.offset, bytes, true, end) instanceof ReadResult.Batches batches) {
        records = LogReplay.read(batches.region());
      }
    }
    return new Fetched(records, snapshot, log.startOffset(), end, leader, epoch);
  }

  private @Nullable Chunk read(SnapshotId id, long position, int maxBytes) {
    try (DiskFile file = parts.disk().open(snapshots.path(id), Access.READ)) {
      long size = file.size();
      long left = Math.max(0, size - Math.max(0, position));
      ByteBuffer bytes =
          ByteBuffer.allocate((int) Math.min(left, Math.clamp(maxBytes, 1, BYTES_MAX)));
      file.read(bytes, Math.min(size, Math.max(0, position)));
      return new Chunk(bytes.flip(), size);
    } catch (DiskException gone) {
      return null;
    }
  }
}
