package dev.millrace.quorum.control;

import dev.millrace.quorum.image.BrokerImage;
import dev.millrace.quorum.record.FeatureLevelRecord;
import dev.millrace.quorum.record.RegisterBrokerRecord.BrokerFeature;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.Message;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finalizes other feature levels (KIP-584, KIP-1022): all of them or none. Outcomes stand in the
 * order of the request.
 *
 * @param validateOnly all checks, no change
 */
public record UpdateFeatures(List<Update> updates, boolean validateOnly)
    implements Command<List<Outcome<String>>> {
  /** In which direction a level may go, with its number in the protocol. */
  public enum Direction {
    UPGRADE(1),
    /** Down, where nothing is lost. */
    SAFE_DOWNGRADE(2),
    /** Down, even where something is lost. */
    UNSAFE_DOWNGRADE(3);

    private final int number;

    Direction(int number) {
      this.number = number;
    }

    /** The direction with this number, or null when there is none. */
    public static @Nullable Direction ofNumber(int number) {
      for (Direction direction : values()) {
        if (direction.number == number) {
          return direction;
        }
      }
      return null;
    }
  }

  /** A level to finalize; 0 turns the feature off. */
  public record Update(String feature, short level, Direction direction) {}

  /** Replies the names of the features. */
  @Override
  public Decision<List<Outcome<String>>> decide(Rules rules) {
    List<Message> records = new ArrayList<>();
    List<Outcome<String>> outcomes = new ArrayList<>(updates.size());
    Set<String> names = new HashSet<>();
    for (Update update : updates) {
      outcomes.add(
          Rules.attempt(() -> {
            if (!names.add(update.feature())) {
              throw new RefusedException(
                  ErrorCode.INVALID_REQUEST,
                  "feature is named twice in the request, feature=" + update.feature());
            }
            update(rules, update, records);
            return update.feature();
          }));
    }
    boolean allDone = outcomes.stream().allMatch(outcome -> outcome instanceof Outcome.Done);
    if (!allDone || validateOnly) {
      return new Decision<>(List.of(), Outcome.done(outcomes));
    }
    return new Decision<>(withEligible(rules, records), Outcome.done(outcomes));
  }

  /** Turning eligible leader replicas on or off changes settings and partitions with it. */
  private static List<Message> withEligible(Rules rules, List<Message> levels) {
    short before = rules.image().featureLevel(Features.ELIGIBLE_LEADER_REPLICAS);
    Rules after = rules.after(levels);
    short now = after.image().featureLevel(Features.ELIGIBLE_LEADER_REPLICAS);
    if (now == before) {
      return levels;
    }
    List<Message> records = new ArrayList<>(levels);
    if (now > 0) {
      records.addAll(InSyncRules.turnOn(rules));
    } else {
      records.addAll(new Leaderships(after).settle());
    }
    return records;
  }

  static String notSupported(Features.Feature feature, short level) {
    return "feature "
        + feature.name()
        + " has no level "
        + level
        + (feature.most() == 0
            ? " yet, allowed: 0"
            : ", allowed: " + feature.least() + " to " + feature.most());
  }

  /**
   * Whether a whole release is asked for, as tools do: then a level above that of the release may
   * stay.
   */
  private boolean isOfRelease() {
    return updates.size() > 1
        && updates.stream().anyMatch(one -> one.feature().equals(Features.METADATA_VERSION));
  }

  private void update(Rules rules, Update update, List<Message> records) {
    Features.Feature feature = Features.find(update.feature());
    if (feature == null) {
      throw refused(
          "feature="
              + update.feature()
              + " level="
              + update.level()
              + ": this controller does not support this feature.");
    }
    if (!feature.has(update.level())) {
      throw refused(notSupported(feature, update.level()));
    }
    short current = rules.image().featureLevel(feature.name());
    if (update.level() < current && isOfRelease() && update.direction() == Direction.UPGRADE) {
      return;
    }
    if (update.level() < current) {
      checkDowngrade(feature, update);
    }
    checkBrokers(rules, update);
    if (update.level() != current) {
      records.add(new FeatureLevelRecord(feature.name(), update.level()));
    }
  }

  private static void checkDowngrade(Features.Feature feature, Update update) {
    if (update.direction() == Direction.UPGRADE) {
      throw refused("the level would go down, ask for a downgrade, feature=" + feature.name());
    }
    if (feature.name().equals(Features.KRAFT_VERSION)) {
      throw refused("kraft.version cannot go down: who votes can always be changed");
    }
    if (feature.name().equals(Features.METADATA_VERSION)) {
      throw refused("metadata.version cannot go down: records of the present level are in the log");
    }
  }

  /** Every registered broker must be able to work at the level. */
  private static void checkBrokers(Rules rules, Update update) {
    for (BrokerImage broker : rules.image().brokers().values()) {
      boolean able =
          update.level() == 0
              || broker.features().stream().anyMatch(feature -> covers(feature, update));
      if (!able) {
        throw refused("broker " + broker.id() + " does not have this level of " + update.feature());
      }
    }
  }

  private static boolean covers(BrokerFeature feature, Update update) {
    return feature.name().equals(update.feature())
        && update.level() >= feature.minSupportedVersion()
        && update.level() <= feature.maxSupportedVersion();
  }

  private static RefusedException refused(String message) {
    return new RefusedException(ErrorCode.INVALID_UPDATE_VERSION, message);
  }
}
