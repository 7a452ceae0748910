package dev.millrace.replica.follow;

import dev.millrace.replica.CopyOutcome;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.RecordBytes;
import dev.millrace.wire.message.FetchResponse.PartitionData;
import dev.millrace.wire.records.CorruptRecordsException;
import java.nio.ByteBuffer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a partition does with its part of an answer, and what happens before the next question.
 * Belongs to the fetchers' owner; logs are cut by the disk's owners.
 */
final class Steps {
  private static final System.Logger LOGGER = System.getLogger(Steps.class.getName());

  private final Fetchers.Setup setup;
  private final Fetcher fetcher;

  Steps(Fetchers.Setup setup, Fetcher fetcher) {
    this.setup = setup;
    this.fetcher = fetcher;
  }

  /** What the log holds already must be safe before it is promised. */
  void begin(Copy copy) {
    fetcher.busy(copy);
    awaitDurable(copy);
  }

  /** Takes the part of an answer that is for a ready partition. */
  void take(Copy copy, PartitionData data) {
    boolean isOutOfRange = data.errorCode() == ErrorCode.OFFSET_OUT_OF_RANGE.code();
    if (isOutOfRange && data.logStartOffset() >= 0) {
      onDisk(copy, () -> copy.following.restart(data.logStartOffset()));
    } else if (data.errorCode() != ErrorCode.NONE.code()) {
      fetcher.pause(copy);
    } else if (data.divergingEpoch().epoch() >= 0) {
      long end = data.divergingEpoch().endOffset();
      onDisk(copy, () -> copy.following.truncate(data.divergingEpoch().epoch(), end));
    } else {
      append(copy, data);
    }
  }

  /** Takes note of what an answer tells besides records. */
  void note(Copy copy, PartitionData data) {
    copy.following.learn(data.highWatermark());
    copy.leaderStartOffset = Math.max(copy.leaderStartOffset, data.logStartOffset());
  }

  private void append(Copy copy, PartitionData data) {
    long end = copy.following.position().endOffset();
    ByteBuffer batches;
    try {
      batches = CheckedBatches.of(bytes(data.records()), end, copy.following.leaderEpoch());
    } catch (CorruptRecordsException damaged) {
      failed(copy, String.valueOf(damaged.getMessage()));
      return;
    }
    if (batches.hasRemaining()) {
      CopyOutcome outcome = copy.following.append(batches, data.highWatermark());
      if (!(outcome instanceof CopyOutcome.Done)) {
        finished(copy, outcome);
        return;
      }
    }
    note(copy, data);
    copy.succeeded();
    if (copy.leaderStartOffset > copy.following.position().logStartOffset()) {
      onDisk(copy, () -> copy.following.trim(copy.leaderStartOffset));
      return;
    }
    if (batches.hasRemaining()) {
      goOn(copy, copy.following.throttleMs(batches.remaining()));
    }
  }

  private void goOn(Copy copy, long holdMs) {
    if (holdMs > 0) {
      fetcher.throttle(copy, holdMs);
    } else {
      fetcher.busy(copy);
      awaitDurable(copy);
    }
  }

  private static ByteBuffer bytes(@Nullable RecordBytes records) {
    return switch (records) {
      case null -> ByteBuffer.allocate(0);
      case RecordBytes.InMemory memory -> memory.view();
      case RecordBytes.InFile _ -> throw new IllegalStateException("answer is not in memory");
    };
  }

  private void onDisk(Copy copy, Supplier<CopyOutcome> step) {
    fetcher.busy(copy);
    setup
        .work()
        .submit(() -> {
          CopyOutcome outcome = step.get();
          setup.owner().submit(() -> finished(copy, outcome));
        });
  }

  private void finished(Copy copy, CopyOutcome outcome) {
    switch (outcome) {
      case CopyOutcome.Done _ -> awaitDurable(copy);
      case CopyOutcome.Over _ -> fetcher.drop(copy.following);
      case CopyOutcome.Failed failed -> failed(copy, failed.why());
    }
  }

  private void awaitDurable(Copy copy) {
    copy.following.whenDurable(() -> {
      if (setup.owner().inTurn()) {
        fetcher.ready(copy);
      } else {
        setup.owner().submit(() -> fetcher.ready(copy));
      }
    });
  }

  /** One failure after the other is told once; of a full disk its directory has told. */
  private void failed(Copy copy, String why) {
    LOGGER.log(
        copy.isFirstFailure() && !copy.following.hasNoRoom()
            ? System.Logger.Level.WARNING
            : System.Logger.Level.DEBUG,
        "copying a partition failed: {0}, partition={1} leader={2}",
        why,
        copy.following.id(),
        copy.following.leader());
    fetcher.pause(copy);
  }
}
