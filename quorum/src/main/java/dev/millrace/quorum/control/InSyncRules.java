package dev.millrace.quorum.control;

import dev.millrace.quorum.image.BrokerImage;
import dev.millrace.quorum.image.ClusterImage;
import dev.millrace.quorum.image.ConfigResource;
import dev.millrace.quorum.image.ConfigScope;
import dev.millrace.quorum.record.ConfigRecord;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What settings mean for in-sync sets and elections.
 *
 * <p>With eligible leader replicas (KIP-966) the controller and all leaders must have one opinion
 * of {@code min.insync.replicas}. It is then always set for all brokers at once, and for single
 * brokers never.
 */
final class InSyncRules {
  static final String MIN_IN_SYNC = "min.insync.replicas";
  private static final Set<String> TELLING =
      Set.of(
          MIN_IN_SYNC, "unclean.leader.election.enable", "millrace.flush.policy", "flush.policy");

  private InSyncRules() {}

  /** Whether a resource may have these settings, all that it would have. */
  static void check(ConfigResource resource, Map<String, String> after, ClusterImage image) {
    if (resource.scope() != ConfigScope.BROKER
        || image.featureLevel(Features.ELIGIBLE_LEADER_REPLICAS) == 0) {
      return;
    }
    boolean isSet = after.containsKey(MIN_IN_SYNC);
    if (resource.equals(ConfigResource.ALL_BROKERS)) {
      boolean wasSet = image.configs(resource).containsKey(MIN_IN_SYNC);
      if (wasSet && !isSet) {
        throw refused("cannot be removed for all brokers, set another value");
      }
    } else if (isSet) {
      throw refused("cannot be set for a single broker, set it for all brokers or for a topic");
    }
  }

  private static RefusedException refused(String what) {
    return new RefusedException(
        ErrorCode.INVALID_CONFIG,
        MIN_IN_SYNC + " " + what + ", while eligible leader replicas are on");
  }

  /**
   * Changes of settings, preceded by what they mean for partitions: nothing is eligible any more
   * when a smaller in-sync set may go on without it.
   */
  static <R> Decision<R> decision(Rules rules, List<Message> changes, R reply) {
    boolean telling =
        changes.stream()
            .anyMatch(
                record -> record instanceof ConfigRecord config && TELLING.contains(config.name()));
    if (!telling) {
      return new Decision<>(changes, Outcome.done(reply));
    }
    List<Message> records = new ArrayList<>(new Leaderships(rules.after(changes)).settle());
    boolean divisible = !records.isEmpty();
    records.addAll(changes);
    return new Decision<>(records, Outcome.done(reply), divisible);
  }

  /** What turning eligible leader replicas on adds to the settings. */
  static List<Message> turnOn(Rules rules) {
    List<Message> records = new ArrayList<>();
    if (!rules.image().configs(ConfigResource.ALL_BROKERS).containsKey(MIN_IN_SYNC)) {
      records.add(config("", Integer.toString(rules.settings().intValue(MIN_IN_SYNC))));
    }
    for (BrokerImage broker : rules.image().brokers().values()) {
      ConfigResource resource = ConfigResource.broker(broker.id());
      if (rules.image().configs(resource).containsKey(MIN_IN_SYNC)) {
        records.add(config(resource.name(), null));
      }
    }
    return records;
  }

  private static ConfigRecord config(String name, @Nullable String value) {
    return new ConfigRecord(ConfigScope.BROKER.number(), name, MIN_IN_SYNC, value);
  }
}
