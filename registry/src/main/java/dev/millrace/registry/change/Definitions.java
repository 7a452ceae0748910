package dev.millrace.registry.change;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.registry.image.Config;
import dev.millrace.registry.image.Definition;
import dev.millrace.registry.image.Image;
import dev.millrace.registry.image.Reference;
import dev.millrace.registry.image.Subject;
import dev.millrace.registry.image.SubjectName;
import dev.millrace.registry.image.Version;
import dev.millrace.registry.schema.Schema;
import dev.millrace.registry.schema.SchemaType;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Makes definitions of what people write: the text in its canonical or normal form, metadata and
 * rules completed from the settings and the version before.
 *
 * @param parsing where parsed schemas come from
 */
public record Definitions(Parsing parsing) {

  /** A definition and its schema. */
  public record Defined(Definition definition, Schema schema) {}

  /** A subject as somebody writes about it. */
  public record Place(Image image, SubjectName subject, boolean normalize) {
    boolean isNormalized() {
      Boolean configured = image.configFor(subject).normalize();
      return normalize || Boolean.TRUE.equals(configured);
    }
  }

  /**
   * What is written, nothing added.
   *
   * @throws Refusal 42201 when it is no schema
   */
  public Defined asWritten(Place place, Draft draft) {
    SchemaType type = draft.type();
    String text = draft.text();
    List<Reference> references = draft.references();
    if (text == null || text.isBlank()) {
      Version latest = latest(place);
      if (latest == null) {
        throw Refusal.invalidSchema("Empty schema");
      }
      type = latest.definition().type();
      text = latest.definition().text();
      references = latest.definition().references();
    }
    String context = place.subject().context();
    List<Reference> pinned = Parsing.pinned(place.image(), references, context);
    Schema schema = parsing.of(place.image(), type, text, pinned, context);
    String form = place.isNormalized() ? schema.normal() : schema.canonical();
    return new Defined(
        Definition.of(type, form, pinned, draft.metadata(), draft.ruleSet()), schema);
  }

  /** The same as it is to be registered. */
  public Definition completed(Place place, Definition written) {
    Config config = place.image().configFor(place.subject());
    Version latest = latest(place);
    JsonNode metadata = written.metadata();
    JsonNode rules = written.ruleSet();
    if (latest != null) {
      metadata = metadata == null ? latest.definition().metadata() : metadata;
      rules = rules == null ? latest.definition().ruleSet() : rules;
    }
    metadata =
        Merging.metadata(
            Merging.metadata(config.field(Config.DEFAULT_METADATA), metadata),
            config.field(Config.OVERRIDE_METADATA));
    rules =
        Merging.rules(
            Merging.rules(config.field(Config.DEFAULT_RULES), rules),
            config.field(Config.OVERRIDE_RULES));
    Merging.check(rules);
    // an empty rule set takes the rules of the version before away
    return written.with(metadata, rules == null || rules.isEmpty() ? null : rules);
  }

  /** The newest version that is what is described, or null. */
  public static @Nullable Version find(
      @Nullable Subject subject, Definition asked, boolean deletedToo) {
    if (subject == null) {
      return null;
    }
    Version alike = null;
    for (Version version : subject.all().reversed()) {
      if (version.deleted() && !deletedToo) {
        continue;
      }
      if (version.definition().guid().equals(asked.guid())
          && version.definition().type() == asked.type()) {
        return version;
      }
      if (alike == null && answers(version.definition(), asked)) {
        alike = version;
      }
    }
    return alike;
  }

  /**
   * Whether somebody who describes a schema as {@code asked} may mean this one: what is left out
   * there may be anything here.
   */
  static boolean answers(Definition there, Definition asked) {
    JsonNode metadata = asked.metadata();
    return there.type() == asked.type()
        && there.text().equals(asked.text())
        && (asked.references().isEmpty() || there.references().equals(asked.references()))
        && (metadata == null || ConfluentVersion.isMeant(there.metadata(), metadata))
        && (asked.ruleSet() == null || asked.ruleSet().equals(there.ruleSet()));
  }

  /** Whether it is that definition, be the number in its metadata whatever it is. */
  static boolean same(Definition there, Definition asked) {
    return answers(there, asked)
        && ConfluentVersion.isMeant(there.metadata(), asked.metadata())
        && Objects.equals(there.ruleSet(), asked.ruleSet());
  }

  private static @Nullable Version latest(Place place) {
    Subject subject = place.image().subject(place.subject().text());
    return subject == null ? null : subject.latest();
  }
}
