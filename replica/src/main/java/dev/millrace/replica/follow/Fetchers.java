package dev.millrace.replica.follow;

import dev.millrace.base.turns.Turns;
import dev.millrace.replica.Copier;
import dev.millrace.replica.DiskWork;
import dev.millrace.replica.Following;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Copies all partitions that this node follows, with one {@link Fetcher} for each leading broker.
 * Safe for any thread; everything happens in turns of its owner.
 */
public final class Fetchers implements Copier {
  private final Setup setup;
  private final Map<Integer, Fetcher> byLeader = new HashMap<>();
  private boolean closed;

  /**
   * What fetchers are made of.
   *
   * @param owner in whose turns links answer
   * @param work for what waits for the disk
   * @param links the way to a broker by its id, found anew for every request; null when there is no
   *     address
   * @param brokerEpoch of this node's registration, -1 before it has one; any thread
   */
  public record Setup(
      FetchSettings settings,
      Turns owner,
      DiskWork work,
      IntFunction<@Nullable LeaderLink> links,
      LongSupplier brokerEpoch) {}

  /** Nothing is copied yet. */
  public Fetchers(Setup setup) {
    this.setup = setup;
  }

  @Override
  public void follow(Following following) {
    setup.owner.submit(() -> {
      if (!closed && !following.isOver()) {
        byLeader
            .computeIfAbsent(following.leader(), leader -> new Fetcher(setup, leader))
            .add(following);
        following.whenOver(() -> setup.owner.submit(() -> drop(following)));
      }
    });
  }

  /** Leaders are to look at the copies here anew, because this broker is let in again perhaps. */
  public void hurry() {
    setup.owner.submit(() -> byLeader.values().forEach(Fetcher::hurry));
  }

  /** Asks for nothing more; answers that come later are passed over. */
  public void close() {
    setup.owner.submit(() -> {
      closed = true;
      byLeader.values().forEach(Fetcher::close);
      byLeader.clear();
    });
  }

  private void drop(Following following) {
    Fetcher fetcher = byLeader.get(following.leader());
    if (fetcher != null) {
      fetcher.drop(following);
    }
  }
}
