package dev.millrace.quorum.image;

import dev.millrace.base.bytes.Uuid;
import dev.millrace.quorum.record.BrokerRegistrationChangeRecord;
import dev.millrace.quorum.record.RegisterBrokerRecord;
import dev.millrace.quorum.record.RegisterBrokerRecord.BrokerEndpoint;
import dev.millrace.quorum.record.RegisterBrokerRecord.BrokerFeature;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A registered broker.
 *
 * @param epoch offset of its registration; rises with each one
 * @param incarnation chosen by the process that registered
 * @param fenced may not lead and is not told to clients
 * @param inControlledShutdown asked to be relieved of its leaderships
 * @param directories ids of its log directories
 * @param cordoned ids of log directories that get no new replicas
 */
public record BrokerImage(
    int id,
    long epoch,
    Uuid incarnation,
    boolean fenced,
    boolean inControlledShutdown,
    @Nullable String rack,
    List<BrokerEndpoint> endpoints,
    List<BrokerFeature> features,
    List<Uuid> directories,
    List<Uuid> cordoned) {

  static BrokerImage of(RegisterBrokerRecord record) {
    List<Uuid> cordoned = record.cordonedLogDirs();
    return new BrokerImage(
        record.brokerId(),
        record.brokerEpoch(),
        record.incarnationId(),
        record.fenced(),
        record.inControlledShutdown(),
        record.rack(),
        record.endPoints(),
        record.features(),
        record.logDirs(),
        cordoned == null ? List.of() : cordoned);
  }

  /** May lead partitions and is told to clients. */
  public boolean isActive() {
    return !fenced && !inControlledShutdown;
  }

  /**
   * Whether a replica in this log directory can be at work: the directory is one of those that are
   * online, or is not known yet.
   */
  public boolean isOnline(Uuid directory) {
    return directories.contains(directory)
        || directory.equals(PartitionImage.DIRECTORY_UNASSIGNED)
        || directory.equals(PartitionImage.DIRECTORY_MIGRATING);
  }

  /** Whether new replicas may be placed on it: some log directory is not cordoned. */
  public boolean takesReplicas() {
    return directories.isEmpty() || !cordoned.containsAll(directories);
  }

  /** The address of this listener, or null when the broker does not have it. */
  public @Nullable BrokerEndpoint endpoint(String listener) {
    for (BrokerEndpoint endpoint : endpoints) {
      if (endpoint.name().equals(listener)) {
        return endpoint;
      }
    }
    return null;
  }

  BrokerImage withFenced(boolean value) {
    return new BrokerImage(
        id,
        epoch,
        incarnation,
        value,
        inControlledShutdown,
        rack,
        endpoints,
        features,
        directories,
        cordoned);
  }

  BrokerImage apply(BrokerRegistrationChangeRecord change) {
    List<Uuid> newCordoned = change.cordonedLogDirs();
    return new BrokerImage(
        id,
        epoch,
        incarnation,
        change.fenced() == 0 ? fenced : change.fenced() > 0,
        change.inControlledShutdown() == 0 ? inControlledShutdown : true,
        rack,
        endpoints,
        features,
        change.logDirs().isEmpty() ? directories : change.logDirs(),
        newCordoned == null ? cordoned : newCordoned);
  }

  RegisterBrokerRecord record() {
    return RegisterBrokerRecord.builder()
        .brokerId(id)
        .incarnationId(incarnation)
        .brokerEpoch(epoch)
        .endPoints(endpoints)
        .features(features)
        .rack(rack)
        .fenced(fenced)
        .inControlledShutdown(inControlledShutdown)
        .logDirs(directories)
        .cordonedLogDirs(cordoned)
        .build();
  }
}
