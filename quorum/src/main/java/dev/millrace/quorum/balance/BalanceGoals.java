package dev.millrace.quorum.balance;

import java.util.Set;

/**
 * What a plan should come to.
 *
 * @param drain brokers that shall have nothing any more
 * @param tolerance how far a broker may be from the mean, as a part of it: 0.1 for ten in a hundred
 * @param replicasMax most replicas that may be copied
 * @param bytesMax most bytes that may be copied; one replica is moved however large it is
 */
public record BalanceGoals(Set<Integer> drain, double tolerance, int replicasMax, long bytesMax) {
  /** Ten in a hundred, a hundred replicas and 100 GiB at once. */
  public static final BalanceGoals DEFAULT = new BalanceGoals(Set.of(), 0.1, 100, 100L << 30);

  /** The same, with these brokers emptied. */
  public BalanceGoals draining(Set<Integer> brokers) {
    return new BalanceGoals(Set.copyOf(brokers), tolerance, replicasMax, bytesMax);
  }
}
