package dev.millrace.quorum.balance;

import java.util.Set;

/**
 * What a plan should come to.
 *
 * @param drain brokers that shall have nothing any more
 * @param fill the only brokers that copies move to for evenness; empty for all
 * @param evens whether anything moves for evenness; else brokers are drained and no more
 * @param tolerance how far a broker may be from the mean, as a part of it: 0.1 for ten in a hundred
 * @param replicasMax most replicas that may be copied
 * @param bytesMax most bytes that may be copied; one replica is moved however large it is
 */
public record BalanceGoals(
    Set<Integer> drain,
    Set<Integer> fill,
    boolean evens,
    double tolerance,
    int replicasMax,
    long bytesMax) {
  /** Ten in a hundred, a hundred replicas and 100 GiB at once. */
  public static final BalanceGoals DEFAULT = new BalanceGoals(Set.of(), 0.1, 100, 100L << 30);

  /** Of a cluster that becomes even everywhere. */
  public BalanceGoals(Set<Integer> drain, double tolerance, int replicasMax, long bytesMax) {
    this(drain, Set.of(), true, tolerance, replicasMax, bytesMax);
  }

  /** The same, with these brokers emptied. */
  public BalanceGoals draining(Set<Integer> brokers) {
    return new BalanceGoals(Set.copyOf(brokers), fill, evens, tolerance, replicasMax, bytesMax);
  }

  /** The same, but that copies move to these brokers alone, for evenness. */
  public BalanceGoals filling(Set<Integer> brokers) {
    return new BalanceGoals(drain, Set.copyOf(brokers), true, tolerance, replicasMax, bytesMax);
  }

  /** The same, but that nothing moves for evenness. */
  public BalanceGoals onlyDraining() {
    return new BalanceGoals(drain, Set.of(), false, tolerance, replicasMax, bytesMax);
  }

  /** Whether a broker may get something for evenness. */
  boolean mayGet(int broker) {
    return fill.isEmpty() || fill.contains(broker);
  }
}
