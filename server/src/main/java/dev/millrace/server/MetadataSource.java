package dev.millrace.server;

import dev.millrace.base.disk.FileDisk;
import dev.millrace.base.turns.Turns;
import dev.millrace.broker.Handler;
import dev.millrace.broker.cluster.MetadataFetchHandler;
import dev.millrace.broker.cluster.MetadataSnapshotHandler;
import dev.millrace.net.Endpoint;
import dev.millrace.net.FrameHandler;
import dev.millrace.quorum.image.MetadataException;
import dev.millrace.quorum.log.AgreedLog;
import dev.millrace.quorum.log.FollowedLog;
import dev.millrace.quorum.log.MetadataLog;
import dev.millrace.quorum.log.SoloLog;
import dev.millrace.quorum.voters.TakenOut;
import dev.millrace.quorum.voters.Voter;
import dev.millrace.quorum.voters.Voting;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where a node of a cluster has its metadata from: a voter agrees on them with the others, a node
 * without a vote copies what the voters agreed on.
 */
final class MetadataSource {
  private static final Logger LOG = System.getLogger("dev.millrace.server");

  private final NodePlan plan;
  private final Foundations foundations;
  private final Peers peers;
  private final Waiting waiting;
  private final Turns turns;
  private final MetadataLog log;
  private final Supplier<Map<Integer, Endpoint>> controllers;
  private final Supplier<String> missing;
  private final CompletableFuture<String> identified = new CompletableFuture<>();

  /** The log of a voter; null without a vote. */
  private final @Nullable AgreedLog agreed;

  /**
   * @throws StartException when the metadata on disk can not be gone on with
   */
  MetadataSource(
      NodePlan plan, Foundations foundations, Doors doors, Peers peers, Waiting waiting) {
    this.plan = plan;
    this.foundations = foundations;
    this.peers = peers;
    this.waiting = waiting;
    this.turns = foundations.owner("quorum");
    if (plan.isVoter()) {
      AgreedLog own = agreed(doors);
      this.agreed = own;
      this.log = own;
      this.controllers = own::addresses;
      this.missing = () -> heardOf(own);
    } else {
      FollowedLog followed = followed();
      this.agreed = null;
      this.log = followed;
      this.controllers = followed::addresses;
      this.missing = followed::trouble;
    }
  }

  /** The owner of the log. */
  Turns turns() {
    return turns;
  }

  MetadataLog log() {
    return log;
  }

  /** Where the voters are, by node id. */
  Map<Integer, Endpoint> controllers() {
    return controllers.get();
  }

  /** Lets the other voters in, and with them whoever asks what voters answer. */
  void open(Doors doors, FrameHandler others) {
    if (agreed != null) {
      doors.openController(agreed.frames(others));
    }
  }

  /** What voters answer to those who copy the metadata. */
  List<Handler<?>> handlers() {
    return agreed == null
        ? List.of()
        : List.of(
            new MetadataFetchHandler(agreed.reads()), new MetadataSnapshotHandler(agreed.reads()));
  }

  /** The cluster's id, once a majority of the voters agrees on it; waits for that. */
  String clusterId() {
    waiting.until(
        identified::isDone,
        () -> "waiting for a majority of the voters, to agree on the metadata, " + whatIsMissing());
    return identified.join();
  }

  /** Why the metadata is not known yet. */
  String whatIsMissing() {
    return plan.whereVotersAre() + " " + missing.get();
  }

  /** Whom a voter has heard of, and what to do when that is no majority. */
  private String heardOf(AgreedLog own) {
    int needed = plan.voters().size() / 2 + 1;
    Set<Integer> there = new TreeSet<>(own.heardOf());
    there.add(plan.nodeId());
    String heard = "heard of " + own.heardOf();
    if (there.size() < needed) {
      return heard
          + ", needed: "
          + needed
          + "; start the others, or, when their disks are lost for ever, see docs/operating.md:"
          + " a majority of the voters is lost";
    }
    int founder = plan.voters().stream().mapToInt(one -> one.id()).min().orElse(plan.nodeId());
    return identified.isDone() || there.contains(founder)
        ? heard
        : heard
            + "; nobody there has a cluster yet, and only node "
            + founder
            + ", the voter with the lowest id, founds one: start it";
  }

  private SoloLog.Parts parts() {
    return new SoloLog.Parts(
        foundations.directories().all().getFirst(),
        FileDisk.INSTANCE,
        plan.clock(),
        turns,
        plan.nodeId());
  }

  /** The log of a node that has no vote. */
  private FollowedLog followed() {
    try {
      if (plan.isTakenOut()) {
        TakenOut.leave(FileDisk.INSTANCE, plan.metadata());
        LOG.log(
            Level.WARNING,
            "node was taken out of the voters and is a broker without a vote; to have it vote again,"
                + " stop it, delete {0}, start it, and: millrace cluster add-voter {1}",
            plan.metadata(),
            Integer.toString(plan.nodeId()));
      }
      return FollowedLog.create(
          parts(),
          new FollowedLog.Following(
              peers.calls(),
              voters(),
              foundations.directories().clusterId(),
              identified::complete));
    } catch (MetadataException e) {
      throw StartException.obstacle(String.valueOf(e.getMessage()), e);
    }
  }

  /** The log of a voter. */
  private AgreedLog agreed(Doors doors) {
    try {
      return AgreedLog.create(
          parts(),
          new Voting(
              plan.voters().stream()
                  .map(one -> new Voter(one.id(), new Endpoint(one.host(), one.port())))
                  .toList(),
              foundations.directories().clusterId(),
              identified::complete,
              foundations.owner("voters"),
              doors.loops(),
              Entropy.generator(),
              Voting.installed()));
    } catch (MetadataException e) {
      throw StartException.obstacle(String.valueOf(e.getMessage()), e);
    }
  }

  private Map<Integer, Endpoint> voters() {
    return plan.voters().isEmpty()
        ? new VoterSearch(peers.calls(), plan.bootstrapServers()).find(waiting)
        : plan.voters().stream()
            .filter(one -> one.id() != plan.nodeId())
            .collect(
                Collectors.toMap(one -> one.id(), one -> new Endpoint(one.host(), one.port())));
  }
}
