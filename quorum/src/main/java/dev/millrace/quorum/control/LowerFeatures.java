package dev.millrace.quorum.control;

import dev.millrace.quorum.record.FeatureLevelRecord;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Takes over the metadata of a cluster that was led by another release: features that are finalized
 * above what this release has come down to what it has, unknown ones are turned off.
 */
public record LowerFeatures() implements Command<Map<String, Short>> {
  /** Replies the levels that came down, by feature. */
  @Override
  public Decision<Map<String, Short>> decide(Rules rules) {
    List<Message> records = new ArrayList<>();
    Outcome<Map<String, Short>> outcome =
        Rules.attempt(() -> {
          Map<String, Short> lowered = new TreeMap<>();
          for (Map.Entry<String, Short> entry : rules.image().features().entrySet()) {
            short level = level(entry.getKey(), entry.getValue());
            if (level != entry.getValue()) {
              lowered.put(entry.getKey(), level);
              records.add(new FeatureLevelRecord(entry.getKey(), level));
            }
          }
          return lowered;
        });
    return new Decision<>(outcome instanceof Outcome.Done ? records : List.of(), outcome);
  }

  private static short level(String name, short finalized) {
    Features.Feature feature = Features.find(name);
    if (feature != null && feature.has(finalized)) {
      return finalized;
    }
    if (name.equals(Features.METADATA_VERSION)) {
      throw new RefusedException(
          ErrorCode.UNSUPPORTED_VERSION,
          "metadata was written by a later release, metadata.version=" + finalized);
    }
    return feature == null ? 0 : feature.most();
  }
}
