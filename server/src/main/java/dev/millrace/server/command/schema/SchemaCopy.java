package dev.millrace.server.command.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.server.command.terminal.UserException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Brings versions with their ids and numbers into a registry. What is there already is left as it
 * is, so a copy that broke off can be made again.
 */
final class SchemaCopy {
  private static final int INVALID_SCHEMA = 42201;

  private final RegistryClient to;
  private final Set<String> importing = new HashSet<>();
  private int copied;

  SchemaCopy(RegistryClient to) {
    this.to = to;
  }

  /** All versions of a registry, deleted ones too, in the order of their ids. */
  static List<JsonNode> versions(RegistryClient from) {
    List<JsonNode> versions = new ArrayList<>();
    from.get("/schemas?deleted=true&subjectPrefix=" + RegistryClient.segment(":*:"))
        .forEach(versions::add);
    versions.sort(
        Comparator.<JsonNode>comparingInt(version -> version.path("id").asInt())
            .thenComparing(version -> version.path("subject").asText())
            .thenComparingInt(version -> version.path("version").asInt()));
    return versions;
  }

  /** How many versions were brought. */
  int copied() {
    return copied;
  }

  /** Brings versions; those that refer to others come after them, in whatever order they are. */
  void run(List<JsonNode> versions) {
    try {
      List<JsonNode> left = versions;
      while (!left.isEmpty()) {
        List<JsonNode> waiting = new ArrayList<>();
        for (JsonNode version : left) {
          if (!bring(version)) {
            waiting.add(version);
          }
        }
        if (waiting.size() == left.size()) {
          throw refused(waiting.getFirst(), post(waiting.getFirst()));
        }
        left = waiting;
      }
    } finally {
      importing.forEach(
          subject -> to.ask("DELETE", "/mode/" + RegistryClient.segment(subject), null));
    }
    versions.stream().filter(version -> version.path("deleted").asBoolean()).forEach(this::hide);
  }

  private static UserException refused(JsonNode version, RegistryClient.Answer answer) {
    return UserException.failed(
        "can't bring "
            + version.path("subject").asText()
            + " version "
            + version.path("version").asInt()
            + ": "
            + answer.message());
  }

  /** False when something is missing that may still come. */
  private boolean bring(JsonNode version) {
    if (isThere(version)) {
      return true;
    }
    String subject = version.path("subject").asText();
    if (importing.add(subject)) {
      var told =
          to.good(
              "PUT",
              "/mode/" + RegistryClient.segment(subject) + "?force=true",
              JsonNodeFactory.instance.objectNode().put("mode", "IMPORT"));
      if (told.isMissingNode()) {
        throw UserException.failed("mode is not told, subject=" + subject);
      }
    }
    RegistryClient.Answer answer = post(version);
    if (!answer.isGood() && answer.code() != INVALID_SCHEMA) {
      throw refused(version, answer);
    }
    copied += answer.isGood() ? 1 : 0;
    return answer.isGood();
  }

  private RegistryClient.Answer post(JsonNode version) {
    ObjectNode draft = JsonNodeFactory.instance.objectNode();
    for (String name :
        List.of("schema", "schemaType", "references", "metadata", "ruleSet", "id", "version")) {
      if (version.has(name)) {
        draft.set(name, version.get(name));
      }
    }
    return to.ask(
        "POST", RegistryClient.subject(version.path("subject").asText()) + "/versions", draft);
  }

  private boolean isThere(JsonNode version) {
    RegistryClient.Answer there = to.ask("GET", path(version) + "?deleted=true", null);
    if (!there.isGood()) {
      return false;
    }
    if (there.body().path("id").asInt() != version.path("id").asInt()) {
      throw UserException.failed(
          "the version is there with another id, subject="
              + version.path("subject").asText()
              + " version="
              + version.path("version").asInt()
              + " id="
              + there.body().path("id").asInt()
              + " wanted="
              + version.path("id").asInt());
    }
    return true;
  }

  private void hide(JsonNode version) {
    RegistryClient.Answer there = to.ask("GET", path(version), null);
    if (there.isGood()) {
      var told = to.good("DELETE", path(version), null);
      if (told.asInt() != version.path("version").asInt()) {
        throw UserException.failed("another version was deleted, told=" + told);
      }
    }
  }

  private static String path(JsonNode version) {
    return RegistryClient.subject(version.path("subject").asText())
        + "/versions/"
        + version.path("version").asInt();
  }
}
