package dev.millrace.quorum.control;

import dev.millrace.quorum.image.ConfigResource;
import dev.millrace.quorum.image.ConfigScope;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Gives resources exactly these dynamic settings: what is not named goes back to what counts
 * without it. The older way to change settings. Each resource counts for itself; outcomes stand in
 * the order of the request.
 *
 * @param validateOnly all checks, no change
 */
public record ReplaceConfigs(List<ResourceConfigs> resources, boolean validateOnly)
    implements Command<List<Outcome<ConfigResource>>> {
  /** One setting; a null value is refused. */
  public record Config(String name, @Nullable String value) {}

  /** All that a resource shall have. */
  public record ResourceConfigs(ConfigResource resource, List<Config> configs) {}

  @Override
  public Decision<List<Outcome<ConfigResource>>> decide(Rules rules) {
    List<Message> records = new ArrayList<>();
    List<Outcome<ConfigResource>> outcomes = new ArrayList<>(resources.size());
    Set<ConfigResource> twice =
        Duplicates.of(resources.stream().map(ResourceConfigs::resource).toList());
    for (ResourceConfigs wanted : resources) {
      outcomes.add(
          Rules.attempt(() -> {
            Duplicates.check(twice, wanted.resource());
            records.addAll(replace(rules, wanted));
            return wanted.resource();
          }));
    }
    return validateOnly
        ? new Decision<>(List.of(), Outcome.done(outcomes))
        : InSyncRules.decision(rules, records, outcomes);
  }

  private static List<Message> replace(Rules rules, ResourceConfigs wanted) {
    ConfigResource resource = wanted.resource();
    ConfigRules.checkResource(resource, rules.image());
    Map<String, String> before = rules.image().configs(resource);
    Map<String, String> after = new TreeMap<>();
    for (Config config : wanted.configs()) {
      String value = config.value();
      if (value == null) {
        throw new RefusedException(
            ErrorCode.INVALID_REQUEST, "setting has no value, name=" + config.name());
      }
      if (after.put(config.name(), value) != null) {
        throw new RefusedException(
            ErrorCode.INVALID_REQUEST, "setting is named twice, name=" + config.name());
      }
    }
    if (resource.scope() == ConfigScope.BROKER) {
      before.keySet().forEach(name -> ConfigRules.checkBrokerMode(resource, name));
    }
    ConfigRules.checkAll(resource, after, rules.settings());
    InSyncRules.check(resource, after, rules.image());
    ThreadCounts.check(rules, resource, after);
    return ConfigWriter.records(resource, before, after);
  }
}
