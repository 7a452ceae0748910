package dev.millrace.bench.scenario;

/**
 * How much is done in a round.
 *
 * @param sizeMb values produced and consumed by a measured load, in MB
 * @param warmUpMb values produced before it
 * @param soakMb values in and out before resident memory is read
 * @param seconds of a load at a fixed rate
 * @param idleSeconds of doing nothing
 * @param partitions that are idle on one node; in a cluster half as many
 * @param kills of nodes, one after the other
 */
public record Effort(
    int sizeMb, int warmUpMb, int soakMb, int seconds, int idleSeconds, int partitions, int kills) {

  public static Effort full() {
    return new Effort(600, 300, 5000, 6, 4, 10_000, 10);
  }

  public static Effort quick() {
    return new Effort(200, 100, 500, 3, 2, 1_000, 2);
  }

  public Effort sizeMb(int mb) {
    return new Effort(mb, warmUpMb, soakMb, seconds, idleSeconds, partitions, kills);
  }

  public Effort partitions(int idle) {
    return new Effort(sizeMb, warmUpMb, soakMb, seconds, idleSeconds, idle, kills);
  }
}
