package dev.millrace.serializers.registry;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * Something that a schema's owner wants done with each value, before it is written or after it is
 * read. Rules that are disabled are left out.
 *
 * @param type what can do it, such as CEL or ENCRYPT
 * @param mode WRITE, READ, WRITEREAD, UPGRADE, DOWNGRADE or UPDOWN
 * @param onFailure what follows when it cannot be done; two words divided by a comma are meant for
 *     writing and reading
 */
public record Rule(String name, String type, String mode, String onFailure) {
  private static final List<String> LISTS =
      List.of("migrationRules", "domainRules", "encodingRules");

  static List<Rule> of(JsonNode ruleSet) {
    List<Rule> rules = new ArrayList<>();
    for (String list : LISTS) {
      for (JsonNode rule : ruleSet.path(list)) {
        if (!rule.path("disabled").asBoolean()) {
          rules.add(
              new Rule(
                  rule.path("name").asText(""),
                  rule.path("type").asText(""),
                  rule.path("mode").asText(""),
                  rule.path("onFailure").asText("")));
        }
      }
    }
    return List.copyOf(rules);
  }
}
