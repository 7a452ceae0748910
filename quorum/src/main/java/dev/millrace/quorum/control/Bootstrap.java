package dev.millrace.quorum.control;

import dev.millrace.quorum.record.FeatureLevelRecord;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Finalizes the first feature levels of a new cluster; nothing happens in one that has some.
 *
 * @param levels by name, where they shall differ from what a new cluster has
 */
public record Bootstrap(Map<String, Short> levels) implements Command<Boolean> {
  /** Replies whether the cluster was new. */
  @Override
  public Decision<Boolean> decide(Rules rules) {
    if (!rules.image().features().isEmpty()) {
      return new Decision<>(List.of(), Outcome.done(false));
    }
    List<Message> records = new ArrayList<>();
    Outcome<Boolean> outcome =
        Rules.attempt(() -> {
          levels.keySet().forEach(Bootstrap::checkKnown);
          Features.all().forEach(feature -> finalizeLevel(feature, records));
          if (rules.after(records).image().featureLevel(Features.ELIGIBLE_LEADER_REPLICAS) > 0) {
            records.addAll(InSyncRules.turnOn(rules));
          }
          return true;
        });
    return new Decision<>(outcome instanceof Outcome.Done ? records : List.of(), outcome);
  }

  private void finalizeLevel(Features.Feature feature, List<Message> records) {
    short level = Objects.requireNonNullElse(levels.get(feature.name()), feature.initial());
    if (!feature.has(level)) {
      throw new RefusedException(
          ErrorCode.INVALID_UPDATE_VERSION, UpdateFeatures.notSupported(feature, level));
    }
    if (level > 0) {
      records.add(new FeatureLevelRecord(feature.name(), level));
    }
  }

  private static void checkKnown(String name) {
    if (Features.find(name) == null) {
      throw new RefusedException(
          ErrorCode.INVALID_UPDATE_VERSION, "there is no such feature, feature=" + name);
    }
  }
}
