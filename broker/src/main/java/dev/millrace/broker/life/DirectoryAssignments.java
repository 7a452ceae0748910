package dev.millrace.broker.life;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.base.turns.Turns;
import dev.millrace.broker.ActiveController;
import dev.millrace.quorum.control.AssignDirectories;
import dev.millrace.quorum.control.AssignDirectories.Assignment;
import dev.millrace.quorum.control.Outcome;
import dev.millrace.replica.PartitionId;
import dev.millrace.replica.Whereabouts;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Takes to the controller in which log directories this broker's copies are (AssignReplicasToDirs,
 * KIP-858): one request in flight, what comes meanwhile goes together in the next one, and what was
 * not answered is said again. Safe for any thread.
 */
public final class DirectoryAssignments implements Whereabouts {
  private static final System.Logger LOG = System.getLogger("dev.millrace.broker");

  /** Copies in one request. */
  static final int BATCH_MAX = 2_000;

  private static final long RETRY_MS = 200;

  private final Turns turns;
  private final ActiveController controller;
  private final int brokerId;
  private final LongSupplier brokerEpoch;
  private final Map<PartitionId, Uuid> waiting = new LinkedHashMap<>();
  private boolean asking;

  /**
   * @param turns the owner of what waits
   * @param brokerEpoch of this node's registration, -1 while it has none; any thread
   */
  public DirectoryAssignments(
      Turns turns, ActiveController controller, int brokerId, LongSupplier brokerEpoch) {
    this.turns = turns;
    this.controller = controller;
    this.brokerId = brokerId;
    this.brokerEpoch = brokerEpoch;
  }

  @Override
  public void tell(PartitionId partition, Uuid directory) {
    turns.submit(() -> {
      waiting.put(partition, directory);
      askNext();
    });
  }

  private void askNext() {
    if (asking || waiting.isEmpty()) {
      return;
    }
    asking = true;
    long epoch = brokerEpoch.getAsLong();
    if (epoch < 0) {
      askLater();
      return;
    }
    List<PartitionId> asked = waiting.keySet().stream().limit(BATCH_MAX).toList();
    List<Assignment> assignments = new ArrayList<>(asked.size());
    for (PartitionId id : asked) {
      assignments.add(new Assignment(waiting.getOrDefault(id, LOST), id.topicId(), id.index()));
    }
    controller.submit(
        new AssignDirectories(brokerId, epoch, assignments),
        outcome -> turns.submit(() -> answered(asked, assignments, outcome)));
  }

  private void answered(
      List<PartitionId> asked, List<Assignment> assignments, Outcome<List<Outcome<Uuid>>> outcome) {
    if (!(outcome instanceof Outcome.Done<List<Outcome<Uuid>>> done)) {
      askLater();
      return;
    }
    for (int i = 0; i < asked.size(); i++) {
      // what was said meanwhile has not been answered
      waiting.remove(asked.get(i), assignments.get(i).directory());
      if (done.value().get(i) instanceof Outcome.Refused<Uuid> refused) {
        LOG.log(
            System.Logger.Level.WARNING,
            "controller does not take the log directory of a copy, partition={0}: {1}",
            asked.get(i),
            refused.message());
      }
    }
    asking = false;
    askNext();
  }

  private void askLater() {
    turns.after(
        RETRY_MS,
        () -> {
          asking = false;
          askNext();
        });
  }
}
