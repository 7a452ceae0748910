package dev.millrace.broker.fetch;

import dev.millrace.base.turns.Timeout;
import dev.millrace.base.turns.Turns;
import dev.millrace.broker.Call;
import dev.millrace.replica.Partition;
import dev.millrace.replica.Reader;
import dev.millrace.replica.Waiting;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One fetch in work. It looks once; when that is not enough it waits on its partitions until they
 * have what is missing, something disturbs it, or its time is over; then it looks once more and
 * answers. Lives in the turns of its connection's loop, but for the calls of partitions, which only
 * count and wake it.
 */
final class Fetching implements Reader {
  /**
   * So long the news of a high watermark alone are held back from a follower: mostly records come
   * meanwhile, and take them along.
   */
  private static final long NEWS_MS = 2;

  private final Call call;
  private final FetchTurn turn;
  private final FetchLimits limits;
  private final FetchHandler.Parts parts;
  private final Turns loop;
  private final AtomicLong missing = new AtomicLong();
  private final AtomicBoolean woken = new AtomicBoolean();
  private final AtomicBoolean hurried = new AtomicBoolean();
  private final List<Waiting> places = new ArrayList<>();
  private @Nullable Timeout timeout;
  private boolean over;

  Fetching(Call call, FetchTurn turn, FetchLimits limits, FetchHandler.Parts parts) {
    this.call = call;
    this.turn = turn;
    this.limits = limits;
    this.parts = parts;
    this.loop = call.connection().loop();
  }

  void begin() {
    look(this::weigh);
  }

  /** Looks, on an owner that may wait when the loop can't, and goes on in a turn of the loop. */
  private void look(Consumer<FetchPass> then) {
    FetchPass pass = FetchPass.onLoop(turn, parts, limits);
    if (pass != null) {
      then.accept(pass);
    } else {
      parts
          .diskWork()
          .submit(() -> {
            FetchPass found = FetchPass.onReader(turn, parts, limits);
            loop.submit(() -> then.accept(found));
          });
    }
  }

  private void weigh(FetchPass pass) {
    if (pass.isEnough() || limits.waitMsMax() <= 0 || turn.targets().isEmpty()) {
      answer(pass);
    } else {
      await(pass);
    }
  }

  private void answer(FetchPass pass) {
    if (pass.sendsAway()) {
      call.answer(new Referral(parts.node(), call).answer(turn, pass.outcomes()));
    } else {
      call.answer(turn.answer(pass.outcomes()));
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

  @Override
  public void committed() {
    if (!hurried.getPlain() && hurried.compareAndSet(false, true)) {
      loop.submit(this::hurry);
    }
  }

  private void hurry() {
    if (!over && timeout != null) {
      timeout.cancel();
      timeout = loop.after(NEWS_MS, this::lookAgain);
    }
  }

  private void wake() {
    if (!woken.getPlain() && woken.compareAndSet(false, true)) {
      loop.submit(this::lookAgain);
    }
  }

  private void await(FetchPass pass) {
    missing.set(limits.bytesMin() - (long) pass.bytes());
    call.onGone(this::gone);
    turn.waits(loop, this::lookAgain);
    boolean isFollower = limits.follower() != null;
    boolean hurries = isFollower && turn.changesOnly() && pass.hasNews();
    hurried.set(hurries);
    timeout =
        loop.after(
            hurries ? Math.min(NEWS_MS, limits.waitMsMax()) : limits.waitMsMax(), this::lookAgain);
    for (FetchTarget target : turn.targets()) {
      Partition partition = target.partition();
      if (partition != null) {
        places.add(
            isFollower
                ? partition.whenAppended(this, target.bytesSeen())
                : partition.whenReadable(this, limits.committedOnly(), target.bytesSeen()));
      }
      if (woken.get()) {
        return;
      }
    }
  }

  private void lookAgain() {
    if (!over) {
      leave();
      look(this::answer);
    }
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
}
