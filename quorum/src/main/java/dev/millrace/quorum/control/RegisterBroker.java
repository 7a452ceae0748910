package dev.millrace.quorum.control;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.quorum.control.Leaderships.Copies;
import dev.millrace.quorum.control.Leaderships.Loss;
import dev.millrace.quorum.image.BrokerImage;
import dev.millrace.quorum.image.PartitionImage;
import dev.millrace.quorum.record.RegisterBrokerRecord;
import dev.millrace.quorum.record.RegisterBrokerRecord.BrokerEndpoint;
import dev.millrace.quorum.record.RegisterBrokerRecord.BrokerFeature;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.Message;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Registers a process as a broker. It starts fenced.
 *
 * @param incarnation an id that only this process has
 * @param directories ids of its log directories
 * @param predecessor what is known of the process that had the id before
 * @param features the levels that the process can work at
 */
public record RegisterBroker(
    int brokerId,
    Uuid incarnation,
    List<BrokerEndpoint> endpoints,
    @Nullable String rack,
    List<Uuid> directories,
    Predecessor predecessor,
    List<BrokerFeature> features)
    implements Command<Long> {

  /** A process of this release. */
  public RegisterBroker(
      int brokerId,
      Uuid incarnation,
      List<BrokerEndpoint> endpoints,
      @Nullable String rack,
      List<Uuid> directories,
      Predecessor predecessor) {
    this(brokerId, incarnation, endpoints, rack, directories, predecessor, ofThisRelease());
  }

  /**
   * The process that had the broker id before.
   *
   * @param gone it is known to have ended, so that its place may be taken while it is not fenced
   * @param cleanEpoch the broker epoch under which it closed all its logs in order; -1 when it did
   *     not. Then nothing is known to be missing, and what it led it may go on leading in the same
   *     leader epoch
   */
  public record Predecessor(boolean gone, long cleanEpoch) {}

  /** Replies the broker epoch. */
  @Override
  public Decision<Long> decide(Rules rules) {
    BrokerImage existing = rules.image().broker(brokerId);
    if (existing != null && existing.incarnation().equals(incarnation)) {
      return new Decision<>(List.of(), Outcome.done(existing.epoch()));
    }
    long epoch = rules.nextOffset();
    List<Message> records = new ArrayList<>();
    Outcome<Long> outcome =
        Rules.attempt(() -> {
          checkDirectories(rules);
          checkFeatures(rules);
          checkPredecessor(existing, rules.liveness());
          records.add(record(epoch));
          if (!goesOn(rules)) {
            records.addAll(
                new Leaderships(rules.after(records))
                    .settle(
                        new Copies(
                            brokerId, (topic, partition) -> judge(existing, topic, partition))));
          }
          return epoch;
        });
    return new Decision<>(outcome instanceof Outcome.Done ? records : List.of(), outcome, true);
  }

  /** The only broker of its cluster stopped in order and is back: nobody took anything over. */
  private boolean goesOn(Rules rules) {
    BrokerImage existing = rules.image().broker(brokerId);
    return existing == null
        ? rules.image().topics().byId().isEmpty()
        : predecessor.gone()
            && existing.epoch() == predecessor.cleanEpoch()
            && rules.image().brokers().size() == 1;
  }

  /**
   * What may have become of this broker's copy of a partition: the log directory that it may have
   * been in is gone; or records counted as written while they were in memory alone, and the process
   * ended without writing them.
   */
  private Loss judge(
      @Nullable BrokerImage existing, PartitionRules.OfTopic topic, PartitionImage partition) {
    boolean somewhere = partition.directoryOf(brokerId).equals(PartitionImage.DIRECTORY_UNASSIGNED);
    if (somewhere && existing != null && !directories.containsAll(existing.directories())) {
      return Loss.ALL;
    }
    boolean clean = existing != null && existing.epoch() == predecessor.cleanEpoch();
    return clean || topic.durable() ? Loss.NONE : Loss.SOME;
  }

  private RegisterBrokerRecord record(long epoch) {
    return RegisterBrokerRecord.builder()
        .brokerId(brokerId)
        .incarnationId(incarnation)
        .brokerEpoch(epoch)
        .endPoints(endpoints)
        .features(features)
        .rack(rack)
        .fenced(true)
        .logDirs(directories)
        .cordonedLogDirs(List.of())
        .build();
  }

  /** What a process of this release can work at. */
  public static List<BrokerFeature> ofThisRelease() {
    return Features.supported().stream()
        .map(feature -> new BrokerFeature(feature.name(), feature.least(), feature.most()))
        .toList();
  }

  private void checkDirectories(Rules rules) {
    if (directories.isEmpty()) {
      throw invalid("a broker must have a log directory");
    }
    if (new HashSet<>(directories).size() != directories.size()
        || directories.stream().anyMatch(Uuid::isReserved)) {
      throw invalid("ids of log directories must differ and not be reserved");
    }
    for (BrokerImage other : rules.image().brokers().values()) {
      if (other.id() != brokerId && other.directories().stream().anyMatch(directories::contains)) {
        throw invalid("broker " + other.id() + " has a log directory with the same id");
      }
    }
  }

  private static RefusedException invalid(String message) {
    return new RefusedException(ErrorCode.INVALID_REGISTRATION, message);
  }

  /** The process must be able to work at every finalized level. */
  private void checkFeatures(Rules rules) {
    for (Map.Entry<String, Short> entry : rules.image().features().entrySet()) {
      short level = entry.getValue();
      boolean able =
          features.stream()
              .anyMatch(feature ->
                  feature.name().equals(entry.getKey())
                      && level >= feature.minSupportedVersion()
                      && level <= feature.maxSupportedVersion());
      if (!able) {
        throw new RefusedException(
            ErrorCode.UNSUPPORTED_VERSION,
            "this release cannot work at "
                + entry.getKey()
                + "="
                + level
                + ", which the cluster has finalized; data of Apache Kafka is taken over by"
                + " millrace import");
      }
    }
  }

  /**
   * A process holds the locks of its log directories: one with the same directories comes after the
   * other, unless they were copied. Then the other one is heard of.
   */
  private boolean isSuccessor(BrokerImage existing, Liveness liveness) {
    return directories.equals(existing.directories())
        && !liveness.isBeating(brokerId, existing.epoch());
  }

  private void checkPredecessor(@Nullable BrokerImage existing, Liveness liveness) {
    if (existing == null || predecessor.gone() || isSuccessor(existing, liveness)) {
      return;
    }
    if (!existing.fenced() || liveness.isAlive(brokerId, existing.epoch())) {
      throw new RefusedException(
          ErrorCode.DUPLICATE_BROKER_REGISTRATION,
          "another process is running as broker " + brokerId);
    }
  }
}
