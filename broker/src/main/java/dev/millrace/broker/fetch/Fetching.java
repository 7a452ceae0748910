package dev.millrace.broker.fetch;

import dev.millrace.base.disk.FileRegion;
import dev.millrace.base.turns.Timeout;
import dev.millrace.base.turns.Turns;
import dev.millrace.broker.Call;
import dev.millrace.replica.DiskWork;
import dev.millrace.replica.Partition;
import dev.millrace.replica.Partitions;
import dev.millrace.replica.Reader;
import dev.millrace.replica.Waiting;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.RecordBytes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One fetch in work. It looks once; when that is not enough it waits on its partitions until they
 * have what is missing, something disturbs it, or its time is over; then it looks once more and
 * answers. Lives in the turns of its connection's loop, but for the calls of partitions, which only
 * count and wake it.
 */
final class Fetching implements Reader {
  private final Call call;
  private final FetchTurn turn;
  private final FetchLimits limits;
  private final Partitions partitions;
  private final DiskWork diskWork;
  private final Turns loop;
  private final AtomicLong missing = new AtomicLong();
  private final AtomicBoolean woken = new AtomicBoolean();
  private final List<Waiting> places = new ArrayList<>();
  private @Nullable Timeout timeout;
  private boolean over;

  Fetching(
      Call call, FetchTurn turn, FetchLimits limits, Partitions partitions, DiskWork diskWork) {
    this.call = call;
    this.turn = turn;
    this.limits = limits;
    this.partitions = partitions;
    this.diskWork = diskWork;
    this.loop = call.connection().loop();
  }

  void begin() {
    FetchPass pass = FetchPass.over(turn, partitions, limits);
    if (pass.isEnough() || limits.waitMsMax() <= 0 || turn.targets().isEmpty()) {
      finish(pass);
    } else {
      await(pass);
    }
  }

  @Override
  public void grew(long bytes) {
    if (missing.addAndGet(-bytes) <= 0) {
      wake();
    }
  }

  @Override
  public void disturbed() {
    wake();
  }

  private void wake() {
    if (!woken.getPlain() && woken.compareAndSet(false, true)) {
      loop.submit(this::lookAgain);
    }
  }

  private void await(FetchPass pass) {
    missing.set(limits.bytesMin() - (long) pass.bytes());
    call.onGone(this::gone);
    timeout = loop.after(limits.waitMsMax(), this::lookAgain);
    for (FetchTarget target : turn.targets()) {
      Partition partition = target.partition();
      if (partition != null) {
        places.add(partition.whenReadable(this, limits.committedOnly(), target.bytesSeen()));
      }
      if (woken.get()) {
        return;
      }
    }
  }

  private void lookAgain() {
    if (over) {
      return;
    }
    leave();
    finish(FetchPass.over(turn, partitions, limits));
  }

  private void gone() {
    if (!over) {
      leave();
      turn.abandon();
    }
  }

  private void leave() {
    over = true;
    if (timeout != null) {
      timeout.cancel();
    }
    places.forEach(Waiting::cancel);
    places.clear();
  }

  private void finish(FetchPass pass) {
    List<FileRegion> cold =
        pass.cold().isEmpty()
            ? List.of()
            : pass.cold().stream()
                .filter(region -> !region.file().isResident(region.position(), region.length()))
                .toList();
    if (cold.isEmpty()) {
      call.answer(turn.answer(pass.outcomes()));
    } else {
      diskWork.load(cold, failed -> loop.submit(() -> finish(pass, failed)));
    }
  }

  private void finish(FetchPass pass, List<FileRegion> failed) {
    call.answer(turn.answer(failed.isEmpty() ? pass.outcomes() : without(pass.outcomes(), failed)));
  }

  private static List<FetchTurn.Outcome> without(
      List<FetchTurn.Outcome> outcomes, List<FileRegion> failed) {
    return outcomes.stream()
        .map(outcome ->
            outcome.data().records() instanceof RecordBytes.InFile inFile
                    && failed.contains(inFile.region())
                ? new FetchTurn.Outcome(
                    outcome.target(),
                    FetchPass.failure(outcome.target(), ErrorCode.KAFKA_STORAGE_ERROR))
                : outcome)
        .toList();
  }
}
