package dev.millrace.quorum.voters;

import dev.millrace.base.turns.Turns;
import dev.millrace.net.Loops;
import java.util.List;
import java.util.ServiceLoader;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * What a voter needs beside its log.
 *
 * @param voters that the settings name; this node is one of them
 * @param clusterId that this node belongs to; empty when it does not know yet
 * @param identified told the cluster's id, in a turn of the quorum's owner and before anything is
 *     delivered; also when it was known
 * @param requests an owner for requests of other voters, which wait for the disk
 * @param engine see {@link #installed}
 */
public record Voting(
    List<Voter> voters,
    String clusterId,
    Consumer<String> identified,
    Turns requests,
    Loops loops,
    RandomGenerator random,
    Agreement.Engine engine) {

  /**
   * The engine of this installation. Loads it: not to be called with one voter.
   *
   * @throws IllegalStateException when there is none
   */
  public static Agreement.Engine installed() {
    return ServiceLoader.load(Agreement.Engine.class)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("millrace-raft.jar is missing"));
  }
}
