package dev.millrace.registry.change;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.registry.image.Definition;
import dev.millrace.registry.image.Image;
import dev.millrace.registry.image.Reference;
import dev.millrace.registry.image.Subject;
import dev.millrace.registry.image.SubjectName;
import dev.millrace.registry.image.Version;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Registers a version again with other tags, metadata or rules.
 *
 * @param parsing where parsed schemas come from
 * @param number or {@link Reference#LATEST}
 */
public record Retagging(Parsing parsing, SubjectName subject, int number, Wanted wanted)
    implements Change<Version> {

  /**
   * What is to be different.
   *
   * @param newVersion the number of the new version, {@link Draft#LATEST} for the next one
   * @param metadata null for that of the version
   * @param ruleSet null for that of the version, or for the rules that result
   * @param mergedRules put over the version's rules; null for none
   * @param removedRules names of rules
   */
  public record Wanted(
      int newVersion,
      List<InlineTags.Tagged> added,
      List<InlineTags.Tagged> removed,
      @Nullable JsonNode metadata,
      @Nullable JsonNode ruleSet,
      @Nullable JsonNode mergedRules,
      List<String> removedRules) {}

  @Override
  public Decision<Version> decide(Image image, long nowMs) {
    Definition definition = version(image).definition();
    String text =
        InlineTags.changed(definition.type(), definition.text(), wanted.added(), wanted.removed());
    JsonNode metadata = wanted.metadata() == null ? definition.metadata() : wanted.metadata();
    Draft draft =
        new Draft(
            definition.type(),
            text,
            definition.references(),
            metadata,
            rules(definition),
            Draft.ANY,
            wanted.newVersion());
    return new Registration(parsing, subject, draft, false, false).decide(image, nowMs);
  }

  private Version version(Image image) {
    Subject known = image.subject(subject.text());
    if (known == null || known.isDeleted()) {
      throw Refusal.subjectNotFound(subject.text());
    }
    Version version = number == Reference.LATEST ? known.latest() : known.version(number);
    if (version == null || version.deleted()) {
      throw Refusal.versionNotFound(number);
    }
    return version;
  }

  private @Nullable JsonNode rules(Definition definition) {
    if (wanted.mergedRules() == null && wanted.removedRules().isEmpty()) {
      return wanted.ruleSet() == null ? definition.ruleSet() : wanted.ruleSet();
    }
    if (wanted.ruleSet() != null) {
      throw Refusal.invalidRules(
          "ruleSet should be omitted if specifying rulesToMerge or rulesToRemove");
    }
    Merging.check(wanted.mergedRules());
    JsonNode merged = Merging.rules(definition.ruleSet(), wanted.mergedRules());
    if (!(merged instanceof ObjectNode fields)) {
      return merged;
    }
    ObjectNode left = fields.deepCopy();
    left.properties().removeIf(list -> isEmptied(list.getValue()));
    return left;
  }

  /** Takes rules out of a list. */
  private boolean isEmptied(JsonNode list) {
    if (!(list instanceof ArrayNode rules)) {
      return false;
    }
    for (int i = rules.size() - 1; i >= 0; i--) {
      if (wanted.removedRules().contains(rules.get(i).path("name").asText())) {
        rules.remove(i);
      }
    }
    return rules.isEmpty();
  }
}
