package dev.millrace.log.producer;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All producers of one partition, as of the log's end. Belongs to the partition's lock.
 *
 * <p>A producer is forgotten when nothing came from it for a while ({@link #expire}), never while
 * its transaction is open; after that any first sequence of it is accepted.
 */
public final class ProducerStates {
  private final Map<Long, Producer> producers = new HashMap<>(0);

  /** First offset of each open transaction, and whose it is. */
  private final TreeMap<Long, Long> open = new TreeMap<>();

  private OpenTransactions transactions = OpenTransactions.NONE;

  /** What is known of a producer; null when it has never written here, or too long ago. */
  public @Nullable Producer producer(long id) {
    return producers.get(id);
  }

  /** A copy of what is known, in no order. */
  public Collection<Producer> all() {
    return List.copyOf(producers.values());
  }

  /** How many producers are known. */
  public int size() {
    return producers.size();
  }

  /** What keeps the last stable offset back. */
  public OpenTransactions transactions() {
    return transactions;
  }

  /** Notes that a producer's batch is in the log. */
  public void apply(Producer after) {
    Producer before = producers.put(after.id(), after);
    if (before != null && before.hasOpenTransaction()) {
      open.remove(before.openFirstOffset());
    }
    if (after.hasOpenTransaction()) {
      open.put(after.openFirstOffset(), after.id());
    }
    transactions = transactions.withFirstOpen(firstOpen());
  }

  /** Notes that a transaction ended at a marker. */
  public void ended(long firstOffset, long markerOffset) {
    transactions = transactions.withEnded(firstOffset, markerOffset);
  }

  /**
   * Below which offset everything is decided once the marker at {@code markerOffset} has ended its
   * transaction, which must not be open any more.
   */
  public long stableAfter(long markerOffset) {
    return Math.min(firstOpen(), markerOffset + 1);
  }

  /** Forgets ended transactions whose marker is below the high watermark. */
  public void committed(long highWatermark) {
    transactions = transactions.without(highWatermark);
  }

  /** Forgets producers that wrote nothing for {@code expirationMs}. Returns how many. */
  public int expire(long nowMs, long expirationMs) {
    int before = producers.size();
    producers
        .values()
        .removeIf(p -> !p.hasOpenTransaction() && nowMs - p.lastTimestampMs() >= expirationMs);
    return before - producers.size();
  }

  /** Forgets all. */
  public void clear() {
    producers.clear();
    open.clear();
    transactions = OpenTransactions.NONE;
  }

  private long firstOpen() {
    return open.isEmpty() ? Long.MAX_VALUE : open.firstKey();
  }
}
