package dev.millrace.broker.share;

import dev.millrace.base.turns.Timeout;
import dev.millrace.base.turns.Turns;
import dev.millrace.broker.Call;
import dev.millrace.replica.Reader;
import dev.millrace.replica.Waiting;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The part of a share fetch that gets records: looks, and waits on its partitions until there is
 * something to acquire or its time is over. Lives in the turns of its connection's loop, but for
 * the calls of partitions, which only wake it.
 */
final class ShareFetching {
  /** Looks in a row of which others got everything, before it waits like one that found nothing. */
  private static final int RACES_MAX = 50;

  private final Call call;
  private final ShareSession session;
  private final SharedPartitions shared;
  private final FetchWish wish;
  private final Consumer<List<SharePass.Outcome>> then;
  private final Turns loop;
  private final Map<Place, SharedPartition> used = new TreeMap<>();
  private final List<Waiting> places = new ArrayList<>();
  private @Nullable Timeout timeout;
  private AtomicBoolean woken = new AtomicBoolean();
  private int races;
  private boolean late;
  private boolean over;

  /**
   * @param then called once, in a turn of the loop, unless the client goes before
   */
  ShareFetching(
      Call call,
      ShareSession session,
      SharedPartitions shared,
      FetchWish wish,
      Consumer<List<SharePass.Outcome>> then) {
    this.call = call;
    this.session = session;
    this.shared = shared;
    this.wish = wish;
    this.then = then;
    this.loop = call.connection().loop();
  }

  void begin() {
    if (wish.recordsMax() == 0) {
      then.accept(List.of());
      return;
    }
    if (wish.waitMsMax() > 0) {
      timeout = loop.after(wish.waitMsMax(), this::timedOut);
      call.onGone(this::leave);
    } else {
      late = true;
    }
    look();
  }

  private void timedOut() {
    late = true;
    if (!over && woken.compareAndSet(false, true)) {
      look();
    }
  }

  private void look() {
    giveUpPlaces();
    SharePass pass = new SharePass(session, shared, wish, used, false);
    if (pass.look()) {
      weigh(pass);
      return;
    }
    woken = new AtomicBoolean(true);
    SharePass patient = new SharePass(session, shared, wish, used, true);
    shared
        .parts()
        .diskWork()
        .submit(() -> {
          patient.look();
          loop.submit(() -> {
            if (!over) {
              weigh(patient);
            }
          });
        });
  }

  private void weigh(SharePass pass) {
    if (!pass.isEnough() && !late) {
      await(pass);
    } else if (pass.acquire() || late) {
      finish(pass.outcomes());
    } else if (++races < RACES_MAX) {
      look();
    } else {
      races = 0;
      await(pass);
    }
  }

  private void finish(List<SharePass.Outcome> outcomes) {
    leave();
    then.accept(outcomes);
  }

  /** Waits on everything that was looked at; what came since wakes it at once. */
  private void await(SharePass pass) {
    AtomicBoolean mine = new AtomicBoolean();
    woken = mine;
    Runnable wake =
        () -> {
          if (mine.compareAndSet(false, true)) {
            loop.submit(this::lookAgain);
          }
        };
    boolean committedOnly = shared.parts().rules().of(session.id().groupId()).committedOnly();
    for (SharePass.Seen one : pass.seen()) {
      places.add(one.partition().whenMore(one.version(), wake));
      if (!one.full()) {
        places.add(one.partition().log().whenReadable(new Waker(wake), committedOnly, one.bytes()));
      }
    }
  }

  private void lookAgain() {
    if (!over) {
      look();
    }
  }

  /** A place on a log, where any news will do. */
  private record Waker(Runnable wake) implements Reader {
    @Override
    public void grew(long bytes) {
      wake.run();
    }

    @Override
    public void disturbed() {
      wake.run();
    }
  }

  private void giveUpPlaces() {
    places.forEach(Waiting::cancel);
    places.clear();
  }

  private void leave() {
    over = true;
    giveUpPlaces();
    if (timeout != null) {
      timeout.cancel();
    }
  }
}
