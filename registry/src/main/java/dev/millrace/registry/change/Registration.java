package dev.millrace.registry.change;

import dev.millrace.registry.image.Definition;
import dev.millrace.registry.image.IdSpace;
import dev.millrace.registry.image.Image;
import dev.millrace.registry.image.Mode;
import dev.millrace.registry.image.Subject;
import dev.millrace.registry.image.SubjectName;
import dev.millrace.registry.image.Version;
import dev.millrace.registry.record.SchemaRecord;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Registers a schema under a subject. What is there already is found again: the same version in
 * this subject, the same id anywhere in its context. A new definition gets the id after the highest
 * that was ever given, a new version the number after the highest there is.
 *
 * @param parsing where parsed schemas come from
 * @param normalize whether the text is compared and kept in its normal form
 */
public record Registration(Parsing parsing, SubjectName subject, Draft draft, boolean normalize)
    implements Change<Version> {
  /** The most that one record may take: {@code _schemas} has the default limit of a topic. */
  private static final int TEXT_BYTES_MAX = 1_000_000;

  @Override
  public Decision<Version> decide(Image image, long nowMs) {
    checkAllowed(image);
    Subject known = image.subject(subject.text());
    Definitions definitions = new Definitions(parsing);
    Definitions.Place place = new Definitions.Place(image, subject, normalize);
    Definitions.Defined written = definitions.asWritten(place, draft);
    Version same = Definitions.find(known, written.definition(), false);
    if (same != null && isMeant(same)) {
      return Decision.nothing(same);
    }
    Definition definition = definitions.completed(place, written.definition());
    Version completed = Definitions.find(known, definition, false);
    if (completed != null && isMeant(completed)) {
      return Decision.nothing(completed);
    }
    checkSize(definition);
    if (image.modeFor(subject) != Mode.IMPORT) {
      checkCompatible(image, known, new Definitions.Defined(definition, written.schema()));
    }
    Version version =
        new Version(subject.text(), number(known), id(image, definition), definition, false, nowMs);
    return new Decision<>(List.of(new SchemaRecord.SchemaSet(version)), version);
  }

  private void checkAllowed(Image image) {
    if (!subject.isValid()) {
      throw Refusal.invalidSubject(subject.text());
    }
    Mode mode = image.modeFor(subject);
    String where = "Subject " + subject.name() + " in context " + subject.context();
    if (mode.isReadOnly()) {
      throw Refusal.notPermitted(where + " is in read-only mode");
    }
    if (draft.id() >= 0 && mode != Mode.IMPORT) {
      throw Refusal.notPermitted(
          where + " is not in import mode, an id cannot be chosen; set the mode to IMPORT first");
    }
    if (draft.id() < 0 && mode == Mode.IMPORT) {
      throw Refusal.notPermitted(where + " is in import mode, an id must be given");
    }
  }

  /** Whether a version that is there is what is to be registered, with the number and id wanted. */
  private boolean isMeant(Version version) {
    if (draft.id() >= 0 && draft.id() != version.id()) {
      throw Refusal.idDiffers(
          "Schema already registered with id "
              + version.id()
              + " instead of input id "
              + draft.id());
    }
    return draft.version() <= 0 || draft.version() == version.version();
  }

  private void checkSize(Definition definition) {
    long bytes = 0;
    String text = definition.text();
    for (int i = 0; i < text.length(); i++) {
      char character = text.charAt(i);
      bytes +=
          character < 0x20
              ? 6
              : character == '"' || character == '\\' ? 2 : character < 0x80 ? 1 : 3;
    }
    bytes += definition.metadata() == null ? 0 : definition.metadata().toString().length() * 3L;
    bytes += definition.ruleSet() == null ? 0 : definition.ruleSet().toString().length() * 3L;
    if (bytes > TEXT_BYTES_MAX) {
      throw Refusal.tooLarge(
          "Schema is too large, bytes="
              + bytes
              + " max="
              + TEXT_BYTES_MAX
              + "; split it and use references");
    }
  }

  private void checkCompatible(Image image, @Nullable Subject known, Definitions.Defined defined) {
    List<Version> live = known == null ? List.of() : known.live();
    List<String> objections =
        new Compatibility(parsing)
            .objections(
                new Compatibility.Question(image, subject, defined.definition(), defined.schema()),
                live);
    if (!objections.isEmpty()) {
      throw Refusal.incompatible(
          "Schema being registered is incompatible with an earlier schema for subject \""
              + subject.text()
              + "\", details: ["
              + String.join(", ", objections)
              + "]");
    }
  }

  private int number(@Nullable Subject known) {
    int next = known == null ? 1 : Math.addExact(known.last().version(), 1);
    int wanted = draft.version();
    if (wanted <= 0 || wanted == next) {
      return next;
    }
    if (draft.id() < 0) {
      throw Refusal.invalidSchema(
          "Version is not one more than previous version, version=" + wanted + " next=" + next);
    }
    Version there = known == null ? null : known.version(wanted);
    if (there != null && !there.deleted()) {
      throw Refusal.notPermitted(
          "Overwrite of version "
              + wanted
              + " of subject "
              + subject.text()
              + " is not permitted, its id="
              + there.id());
    }
    return wanted;
  }

  private int id(Image image, Definition definition) {
    IdSpace ids = image.ids(subject.context());
    Integer known = ids.idOf(definition);
    if (draft.id() < 0) {
      return known != null ? known : Math.addExact(ids.maxId(), 1);
    }
    IdSpace.Identified there = ids.byId().get(draft.id());
    if (there != null && !there.definition().guid().equals(definition.guid())) {
      throw Refusal.notPermitted(
          "Overwrite new schema with id " + draft.id() + " is not permitted.");
    }
    return draft.id();
  }
}
