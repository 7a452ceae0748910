package dev.millrace.quorum.control;

import dev.millrace.base.settings.Setting;
import dev.millrace.base.settings.SettingTable;
import dev.millrace.base.settings.SettingType;
import dev.millrace.quorum.image.ConfigResource;
import dev.millrace.quorum.image.ConfigScope;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.Message;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Changes some dynamic settings of resources and leaves the others (KIP-339). Each resource counts
 * for itself; outcomes stand in the order of the request.
 *
 * @param validateOnly all checks, no change
 */
public record ChangeConfigs(List<ResourceChange> resources, boolean validateOnly)
    implements Command<List<Outcome<ConfigResource>>> {
  /** What to do with a setting; the ordinal is its number in the protocol. */
  public enum Operation {
    SET,
    /** Back to what counts without it. */
    DELETE,
    /** Add elements to a list. */
    APPEND,
    /** Take elements from a list. */
    SUBTRACT
  }

  /** One setting to change; {@code value} may be null for {@link Operation#DELETE} alone. */
  public record Change(String name, Operation operation, @Nullable String value) {}

  /** The changes of one resource. */
  public record ResourceChange(ConfigResource resource, List<Change> changes) {}

  @Override
  public Decision<List<Outcome<ConfigResource>>> decide(Rules rules) {
    List<Message> records = new ArrayList<>();
    List<Outcome<ConfigResource>> outcomes = new ArrayList<>(resources.size());
    Set<ConfigResource> twice =
        Duplicates.of(resources.stream().map(ResourceChange::resource).toList());
    for (ResourceChange change : resources) {
      outcomes.add(
          Rules.attempt(() -> {
            Duplicates.check(twice, change.resource());
            records.addAll(change(rules, change));
            return change.resource();
          }));
    }
    return validateOnly
        ? new Decision<>(List.of(), Outcome.done(outcomes))
        : InSyncRules.decision(rules, records, outcomes);
  }

  private static List<Message> change(Rules rules, ResourceChange change) {
    ConfigResource resource = change.resource();
    ConfigRules.checkResource(resource, rules.image());
    Map<String, String> before = rules.image().configs(resource);
    Map<String, String> after = new TreeMap<>(before);
    Set<String> names = new HashSet<>();
    for (Change one : change.changes()) {
      if (!names.add(one.name())) {
        throw new RefusedException(
            ErrorCode.INVALID_REQUEST, "setting is named twice, name=" + one.name());
      }
      apply(rules, resource, after, one);
    }
    ConfigRules.checkAll(resource, after, rules.settings());
    InSyncRules.check(resource, after, rules.image());
    ThreadCounts.check(rules, resource, after);
    return ConfigWriter.records(resource, before, after);
  }

  private static void apply(
      Rules rules, ConfigResource resource, Map<String, String> configs, Change change) {
    if (resource.scope() == ConfigScope.BROKER) {
      ConfigRules.checkBrokerMode(resource, change.name());
    }
    if (change.operation() == Operation.DELETE) {
      configs.remove(change.name());
      return;
    }
    String value = change.value();
    if (value == null) {
      throw new RefusedException(
          ErrorCode.INVALID_REQUEST, "setting has no value, name=" + change.name());
    }
    configs.put(
        change.name(),
        change.operation() == Operation.SET
            ? value
            : changedList(rules, resource, configs, change, value));
  }

  private static String changedList(
      Rules rules,
      ConfigResource resource,
      Map<String, String> configs,
      Change change,
      String value) {
    Setting setting = table(resource).find(change.name());
    if (setting == null || setting.type() != SettingType.LIST) {
      throw new RefusedException(
          ErrorCode.INVALID_CONFIG,
          "only a list can be appended to or subtracted from, name=" + change.name());
    }
    String current =
        Objects.requireNonNullElseGet(
            configs.get(change.name()), () -> effective(rules, resource, change.name()));
    List<String> elements = new ArrayList<>(elements(current));
    for (String element : elements(value)) {
      if (change.operation() == Operation.SUBTRACT) {
        elements.remove(element);
      } else if (!elements.contains(element)) {
        elements.add(element);
      }
    }
    return String.join(",", elements);
  }

  private static List<String> elements(String list) {
    return list.isBlank() ? List.of() : List.of(list.strip().split("\\s*,\\s*", -1));
  }

  /** What the list is without a value of its own. */
  private static String effective(Rules rules, ConfigResource resource, String name) {
    List<String> elements =
        switch (resource.scope()) {
          case TOPIC -> rules.settings().topic(Map.of()).listValue(name);
          case BROKER -> rules.settings().listValue(name);
          default -> List.of();
        };
    return String.join(",", elements);
  }

  private static SettingTable table(ConfigResource resource) {
    return switch (resource.scope()) {
      case TOPIC -> SettingTable.topic();
      case GROUP -> SettingTable.group();
      case CLIENT_METRICS -> SettingTable.clientMetrics();
      default -> SettingTable.broker();
    };
  }
}
