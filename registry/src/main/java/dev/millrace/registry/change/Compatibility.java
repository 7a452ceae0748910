package dev.millrace.registry.change;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.registry.image.Config;
import dev.millrace.registry.image.Definition;
import dev.millrace.registry.image.Image;
import dev.millrace.registry.image.Level;
import dev.millrace.registry.image.SubjectName;
import dev.millrace.registry.image.Version;
import dev.millrace.registry.schema.Difference;
import dev.millrace.registry.schema.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Whether a schema gets on with versions of a subject, by the subject's level.
 *
 * @param parsing where parsed schemas come from
 */
public record Compatibility(Parsing parsing) {
  private static final int DIFFERENCES_MAX = 50;
  private static final int OLD_TEXT_CHARACTERS_MAX = 10_000;

  /** The question. */
  public record Question(Image image, SubjectName subject, Definition asked, Schema schema) {}

  /**
   * Compares with the versions that count.
   *
   * @param versions live ones, in the order of their numbers
   * @return what keeps it from one of them, for people; empty when it gets on with all
   */
  public List<String> objections(Question question, List<Version> versions) {
    Config config = question.image().configFor(question.subject());
    Level level = Objects.requireNonNullElse(config.level(), Config.LEVEL_DEFAULT);
    if (level == Level.NONE) {
      return List.of();
    }
    List<Version> counting = versions.stream().filter(inGroup(config, question.asked())).toList();
    List<Version> compared =
        level.isTransitive() || counting.isEmpty() ? counting : List.of(counting.getLast());
    for (Version version : compared.reversed()) {
      List<String> objections = objections(question, version, level);
      if (!objections.isEmpty()) {
        return objections;
      }
    }
    return List.of();
  }

  private static Predicate<Version> inGroup(Config config, Definition asked) {
    String group = config.group();
    if (group == null) {
      return version -> true;
    }
    String mine = property(asked, group);
    return version -> Objects.equals(mine, property(version.definition(), group));
  }

  private static @Nullable String property(Definition definition, String name) {
    JsonNode metadata = definition.metadata();
    JsonNode value = metadata == null ? null : metadata.path("properties").get(name);
    return value == null ? null : value.asText();
  }

  private List<String> objections(Question question, Version version, Level level) {
    List<String> found = new ArrayList<>();
    Definition old = version.definition();
    if (old.type() != question.schema().type()) {
      found.add(
          message(
              new Difference(
                  "SCHEMA_TYPE_CHANGED",
                  "/",
                  "a subject stays with one type of schema, was="
                      + old.type()
                      + " new="
                      + question.schema().type())));
    } else {
      Schema before = parsing.of(question.image(), old, question.subject().context());
      if (level.newReadsOld()) {
        question.schema().readerOf(before).forEach(one -> add(found, one));
      }
      if (level.oldReadsNew()) {
        before.readerOf(question.schema()).forEach(one -> add(found, one));
      }
    }
    if (!found.isEmpty()) {
      found.add("{oldSchemaVersion: " + version.version() + "}");
      found.add("{oldSchema: '" + shortened(old.text()) + "'}");
      found.add("{compatibility: '" + level + "'}");
    }
    return found;
  }

  private static void add(List<String> found, Difference difference) {
    if (found.size() < DIFFERENCES_MAX) {
      found.add(message(difference));
    }
  }

  private static String message(Difference difference) {
    return "{errorType:'"
        + difference.rule()
        + "', description:'"
        + difference.message()
        + "', path:'"
        + difference.path()
        + "'}";
  }

  private static String shortened(String text) {
    return text.length() <= OLD_TEXT_CHARACTERS_MAX
        ? text
        : text.substring(0, OLD_TEXT_CHARACTERS_MAX) + "...";
  }
}
