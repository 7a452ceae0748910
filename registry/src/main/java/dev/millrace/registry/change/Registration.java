package dev.millrace.registry.change;

import dev.millrace.registry.image.Definition;
import dev.millrace.registry.image.IdSpace;
import dev.millrace.registry.image.Image;
import dev.millrace.registry.image.Mode;
import dev.millrace.registry.image.Subject;
import dev.millrace.registry.image.SubjectName;
import dev.millrace.registry.image.Version;
import dev.millrace.registry.record.SchemaRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Registers a schema under a subject. What is there already is found again: the same version in
 * this subject, the same id anywhere in its context. A new definition gets the id after the highest
 * that was ever given, a new version the number after the highest there is. In IMPORT and FORWARD
 * mode schemas come with their ids and are taken as they are.
 *
 * @param parsing where parsed schemas come from
 * @param normalize whether the text is compared and kept in its normal form
 * @param force whether it is registered though it is incompatible
 */
public record Registration(
    Parsing parsing, SubjectName subject, Draft draft, boolean normalize, boolean force)
    implements Change<Version> {
  /** The most that one record may take: {@code _schemas} has the default limit of a topic. */
  private static final int TEXT_BYTES_MAX = 1_000_000;

  @Override
  public Decision<Version> decide(Image image, long nowMs) {
    Mode mode = image.modeFor(subject);
    checkAllowed(mode);
    Subject known = image.subject(subject.text());
    Definitions definitions = new Definitions(parsing);
    Definitions.Place place = new Definitions.Place(image, subject, normalize);
    Definitions.Defined written = definitions.asWritten(place, draft);
    if (mode.isImport()) {
      checkSize(written.definition());
      Version same = imported(known, written.definition());
      return same != null ? Decision.nothing(same) : put(image, known, written.definition(), nowMs);
    }
    Version there =
        image.configFor(subject).completesSchemas() ? null : written(known, written.definition());
    if (there != null) {
      return Decision.nothing(there);
    }
    Definition completed = definitions.completed(place, written.definition());
    there = there(known, definition -> Definitions.same(definition, completed));
    if (there != null) {
      return Decision.nothing(there);
    }
    Definition definition = numbered(completed, number(known));
    checkSize(definition);
    if (!force) {
      checkCompatible(image, known, new Definitions.Defined(definition, written.schema()));
    }
    return put(image, known, definition, nowMs);
  }

  private Decision<Version> put(
      Image image, @Nullable Subject known, Definition definition, long nowMs) {
    Version version =
        new Version(subject.text(), number(known), id(image, definition), definition, false, nowMs);
    List<SchemaRecord> records = new ArrayList<>();
    if (!subject.isInDefaultContext() && !image.isNamed(subject.context())) {
      records.add(new SchemaRecord.ContextSet(subject.context()));
    }
    addReplaced(image, known, version, records);
    records.add(new SchemaRecord.SchemaSet(version));
    return new Decision<>(records, version);
  }

  /** A deleted version that comes again goes for good, unless something refers to it. */
  private static void addReplaced(
      Image image, @Nullable Subject known, Version version, List<SchemaRecord> records) {
    if (known == null) {
      return;
    }
    for (Version old : known.all()) {
      if (old.deleted()
          && old.id() == version.id()
          && old.version() < version.version()
          && image.referrers(old.place()).isEmpty()) {
        records.add(new SchemaRecord.SchemaGone(old.subject(), old.version()));
      }
    }
  }

  private void checkAllowed(Mode mode) {
    if (!subject.isValid()) {
      throw Refusal.invalidSubject(subject.text());
    }
    String where = "Subject " + subject.name() + " in context " + subject.context();
    if (mode.isReadOnly()) {
      throw Refusal.notPermitted(where + " is in read-only mode");
    }
    if (draft.id() >= 0 && !mode.isImport()) {
      throw Refusal.notPermitted(
          where + " is not in import mode, an id cannot be chosen; set the mode to IMPORT first");
    }
    if (draft.id() < 0 && mode.isImport()) {
      throw Refusal.notPermitted(
          where + " is not in read-write mode, an id must be given, mode=" + mode);
    }
  }

  /** A version that is there with the id, and the number, that are wanted. */
  private @Nullable Version imported(@Nullable Subject known, Definition definition) {
    List<Version> live = known == null ? List.of() : known.live();
    for (Version version : live.reversed()) {
      if (version.id() == draft.id()
          && version.definition().guid().equals(definition.guid())
          && version.definition().type() == definition.type()
          && (draft.version() <= 0 || draft.version() == version.version())) {
        return version;
      }
    }
    return null;
  }

  /** What is exactly what was written comes before what only leaves nothing out of it. */
  private @Nullable Version written(@Nullable Subject known, Definition asked) {
    Version exact = there(known, definition -> definition.guid().equals(asked.guid()));
    return exact != null && exact.definition().type() == asked.type()
        ? exact
        : there(known, definition -> Definitions.answers(definition, asked));
  }

  /** A version that is there already, of those that fit, and has the number that is wanted. */
  private @Nullable Version there(@Nullable Subject known, Predicate<Definition> fits) {
    List<Version> live = known == null ? List.of() : known.live();
    for (Version version : live.reversed()) {
      boolean isWanted =
          switch (draft.version()) {
            case Draft.NEXT -> true;
            case Draft.LATEST -> version == live.getLast();
            default -> version.version() == draft.version();
          };
      if (isWanted && fits.test(version.definition())) {
        return version;
      }
    }
    return null;
  }

  /** A version that was asked for by number tells it in its metadata. */
  private Definition numbered(Definition definition, int number) {
    return draft.version() == Draft.NEXT && !ConfluentVersion.isIn(definition.metadata())
        ? definition
        : definition.with(
            ConfluentVersion.set(definition.metadata(), number), definition.ruleSet());
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
    int next = known == null ? 1 : after(known.last().version(), "version");
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
      return known != null ? known : after(ids.maxId(), "id");
    }
    IdSpace.Identified there = ids.byId().get(draft.id());
    if (there != null && !there.definition().guid().equals(definition.guid())) {
      throw Refusal.notPermitted(
          "Overwrite new schema with id " + draft.id() + " is not permitted.");
    }
    return draft.id();
  }

  private int after(int highest, String what) {
    if (highest == Integer.MAX_VALUE) {
      throw Refusal.storeFailed(
          "the highest " + what + " that there can be is given, subject=" + subject.text());
    }
    return highest + 1;
  }
}
