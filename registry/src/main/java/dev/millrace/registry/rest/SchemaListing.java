package dev.millrace.registry.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.registry.change.Parsing;
import dev.millrace.registry.image.Definition;
import dev.millrace.registry.image.Image;
import dev.millrace.registry.image.Subject;
import dev.millrace.registry.image.SubjectName;
import dev.millrace.registry.image.Version;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * {@code GET /schemas}: all versions, or those that are wanted.
 *
 * @param registry what stands behind it
 * @param parsing where parsed schemas come from
 */
record SchemaListing(Registry registry, Parsing parsing) {

  Answer answer(Request request) {
    Image image = registry.fresh();
    Predicate<String> wanted = Names.prefix(request.text("subjectPrefix", ""));
    Map<String, List<String>> aliases = request.flag("aliases") ? aliases(image, wanted) : Map.of();
    boolean isNothing = isOfAssociations(request);
    List<Version> versions = new ArrayList<>();
    for (Subject subject : isNothing ? List.<Subject>of() : image.subjects()) {
      if (wanted.test(subject.name()) || aliases.containsKey(subject.name())) {
        versions.addAll(versions(request, subject));
      }
    }
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    Shown shown = new Shown(parsing);
    for (Version version : Names.page(request, versions)) {
      ObjectNode node = shown.version(image, version, request.text("format", ""));
      List<String> names = aliases.get(version.subject());
      if (names != null) {
        names.forEach(node.putArray("aliases")::add);
      }
      array.add(node);
    }
    return Answer.of(array);
  }

  private static List<Version> versions(Request request, Subject subject) {
    List<Version> all = request.flag("deleted") ? subject.all() : subject.live();
    List<Version> chosen =
        request.flag("latestOnly") && !all.isEmpty() ? List.of(all.getLast()) : all;
    String ruleType = request.text("ruleType", "");
    return ruleType.isEmpty()
        ? chosen
        : chosen.stream().filter(version -> hasRule(version.definition(), ruleType)).toList();
  }

  private static boolean hasRule(Definition definition, String type) {
    JsonNode rules = definition.ruleSet();
    if (rules != null) {
      for (JsonNode list : rules) {
        for (JsonNode rule : list) {
          if (rule.path("type").asText("").equals(type)) {
            return true;
          }
        }
      }
    }
    return false;
  }

  /** Subjects that others stand for: those others by each of them. */
  private static Map<String, List<String>> aliases(Image image, Predicate<String> wanted) {
    Map<String, List<String>> aliases = new TreeMap<>();
    image
        .configs()
        .values()
        .forEach((scope, config) -> {
          String meant = config.alias();
          if (meant != null && wanted.test(scope)) {
            String context = SubjectName.parse(scope).context();
            aliases
                .computeIfAbsent(
                    SubjectName.parse(meant, context).text(), name -> new ArrayList<>())
                .add(scope);
          }
        });
    aliases.values().forEach(Collections::sort);
    return aliases;
  }

  /** Whether only schemas with associations are wanted: there are none. */
  private static boolean isOfAssociations(Request request) {
    List<String> lifecycles = request.texts("lifecycle");
    boolean isFiltered =
        request.text("resourceType") != null
            || request.text("associationType") != null
            || !lifecycles.isEmpty();
    return isFiltered && lifecycles.stream().noneMatch("NONE"::equalsIgnoreCase);
  }
}
